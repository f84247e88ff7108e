import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderDisk } from '../../src/platform/disk.ts';
import { Storage } from '../../src/storage/storage.ts';
import { describeEntry, entry, identity, snapshotAt, withEntries } from './member.ts';

const options = { segmentBytes: 256 * 1024, snapRetainCount: 2 };

test('has on a real folder, after kill -9, all that was acknowledged', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'rookery-kill-'));
  let acknowledged = 3;
  for (let round = 0; round < 3; round++) {
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'lives', 'writer-process.ts'), root],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const until = acknowledged + 2500;
    let rest = '';
    for await (const chunk of child.stdout!) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop()!;
      const last = lines.at(-1);
      if (last !== undefined) acknowledged = Number(last);
      if (acknowledged >= until) break;
    }
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;

    const { storage, recovered } = await withEntries(await Storage.open(new FolderDisk(root), options));
    const from = recovered.snapshot === undefined ? 3 : recovered.snapshot.meta.index;
    expect(recovered.snapshot?.meta).toEqual(snapshotAt(from));
    expect(recovered.suspect).toBe(false);
    expect(recovered.identity).toEqual(identity);
    expect(from + recovered.entries.length).toBeGreaterThanOrEqual(acknowledged);
    expect(
      recovered.entries.every((found, i) => describeEntry(found) === describeEntry(entry(from + 1 + i))),
    ).toBe(true);
    acknowledged = from + recovered.entries.length;
    await storage.close();
  }
  rmSync(root, { recursive: true });
});
