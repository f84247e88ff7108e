import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { saveAs } from './snapshot.ts';

const FOLDER = 'version-2';

/** All that the ensemble has, as a dataDir with which Apache ZooKeeper starts: one snapshot, without a log. */
export async function exportDirectory(context: Context, directory: string): Promise<ExitCode> {
  const folder = join(directory, FOLDER);
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) throw new UsageError(`${folder} is not empty: give another directory`);
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new UsageError(`${folder} cannot be made: ${error.message}`);
  });
  return await saveAs(context, (zxid) => join(folder, `snapshot.${zxid.replace(/^0x/, '')}`));
}

/** A data folder is made by whoever owns it. */
export function howToImport(directory: string): UsageError {
  return new UsageError(
    `data of Apache ZooKeeper become those of a new member, on its own machine and before it is started: rookery-server import-zookeeper --from ${directory} CONFIGURATION`,
  );
}
