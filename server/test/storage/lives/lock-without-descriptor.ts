import fs from 'node:fs';
import { FolderDisk } from '../../../src/platform/disk.ts';
import { diskErrorCode } from '../../../src/ports/disk.ts';

/** Prints what comes of locking a folder while no descriptor is left, then once there are some: lock-without-descriptor.ts <folder> */
const disk = new FolderDisk(process.argv[2]!);
const taken: number[] = [];
try {
  for (;;) taken.push(fs.openSync('/dev/null', 'r'));
} catch {
  // None is left.
}
const code = await disk.lock().then(
  () => 'locked',
  (error: unknown) => diskErrorCode(error),
);
for (const descriptor of taken) fs.closeSync(descriptor);
console.log(code);
await disk.lock();
console.log('locked');
await disk.close();
