import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./measure-memory.ts', import.meta.url));

test('a znode of 100 bytes costs at most 350 bytes of the process, next to nothing of them on the heap', () => {
  const output = execFileSync(process.execPath, ['--expose-gc', SCRIPT, '300000'], { encoding: 'utf8' });
  const measured = JSON.parse(output) as { rssBytesPerNode: number; heapBytesPerNode: number };
  console.log(measured);
  expect(measured.rssBytesPerNode).toBeLessThanOrEqual(350);
  expect(measured.heapBytesPerNode).toBeLessThanOrEqual(10);
});
