import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findZookeeperFiles } from '../../src/zookeeper-files/data-directory.ts';
import { ZookeeperFilesError } from '../../src/zookeeper-files/failure.ts';
import { writeDataDirectory } from '../../src/zookeeper-files/new-snapshot.ts';
import { type Replayed, replay } from '../../src/zookeeper-files/replay.ts';
import { described } from './described.ts';
import { ATTACHED, GOLDEN, golden, LAST_ZXID, stateAt } from './golden-files.ts';

let folder: string;
let files: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-zookeeper-files-'));
  files = join(folder, 'version-2');
  cpSync(join(GOLDEN, 'none'), files, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(dataDir = folder, dataLogDir = dataDir): Promise<Replayed> {
  let next = 1;
  const options = { tree: {}, newSessionId: () => next++, attachIndex: ATTACHED, begun: () => {} };
  return replay(findZookeeperFiles(dataDir, dataLogDir), options);
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ZookeeperFilesError)) throw new Error(`not refused as it should be: ${error}`);
  return { code: error.code, message: error.message };
}

const cut = (name: string, bytes: number): void =>
  writeFileSync(join(files, name), readFileSync(join(files, name)).subarray(0, bytes));

describe('a data directory of ZooKeeper', () => {
  test('gives what it had, by its name or by that of the folder within it, with logs in another one', async () => {
    const whole = described(stateAt(LAST_ZXID));
    const { state, snapshot, logs, remarks } = await read();
    expect(described(state)).toEqual(whole);
    expect([snapshot.zxid, logs.map(({ zxid }) => zxid), remarks]).toEqual([0x19, [0x1a], []]);
    expect(described((await read(files)).state)).toEqual(whole);
    const elsewhere = join(folder, 'logs');
    mkdirSync(join(elsewhere, 'version-2'), { recursive: true });
    for (const name of ['log.1', 'log.1a']) {
      cpSync(join(files, name), join(elsewhere, 'version-2', name));
      rmSync(join(files, name));
    }
    expect(described((await read(folder, elsewhere)).state)).toEqual(whole);
  });

  test.each(['gz', 'snappy'])('is read with snapshots compressed by %s', async (method) => {
    const { state } = await read(join(GOLDEN, method));
    const { nodes, sessions } = described(state);
    // The same writes at another time.
    expect([...nodes.keys()]).toEqual([...described(stateAt(0x19)).nodes.keys()]);
    expect([state.zxid, sessions]).toEqual([0x19, []]);
  });

  test('goes on from an older snapshot where it was stopped while it wrote a newer one', async () => {
    cut('snapshot.19', 700);
    const { state, snapshot, logs, remarks } = await read();
    expect(described(state)).toEqual(described(stateAt(LAST_ZXID)));
    expect([snapshot.zxid, logs.length]).toEqual([0, 2]);
    expect(remarks).toEqual([expect.stringContaining('snapshot.19 ends too early')]);
  });

  test('may end amid a transaction, which is told', async () => {
    cut('log.1a', 700);
    const { state, remarks } = await read();
    expect(state.zxid).toBeLessThan(LAST_ZXID);
    expect(remarks).toEqual([expect.stringContaining('log.1a ends amid a transaction')]);
  });
});

describe('a data directory is refused, with the file named', () => {
  test('where there is nothing, or no snapshot, or no directory', async () => {
    expect(() => findZookeeperFiles(tmpdir(), tmpdir())).toThrow('holds no data of Apache ZooKeeper');
    expect(() => findZookeeperFiles(join(folder, 'nowhere'), folder)).toThrow('is no directory');
    rmSync(join(files, 'snapshot.0'));
    rmSync(join(files, 'snapshot.19'));
    expect(() => findZookeeperFiles(folder, folder)).toThrow('no snapshot that they continue');
  });

  test.each(['none/snapshot.19', 'gz/snapshot.19.gz', 'snappy/snapshot.19.snappy'])(
    'where the only snapshot, %s, is cut, wherever',
    async (name) => {
      const bytes = readFileSync(join(GOLDEN, name));
      const alone = join(folder, 'alone');
      const path = join(alone, name.split('/')[1]!);
      // Of this one a release before 3.9 wrote no more, and one before 3.6 no more than that.
      const isOlder = (length: number): boolean =>
        name.startsWith('none') && [bytes.length - 21, bytes.length - 54].includes(length);
      mkdirSync(alone);
      for (let length = 0; length < bytes.length; length += 7) {
        if (isOlder(length)) continue;
        writeFileSync(path, bytes.subarray(0, length));
        const { code, message } = await refusal(read(alone));
        expect(['incomplete', 'no-snapshot', 'malformed'], `${length} bytes`).toContain(code);
        expect(message).toContain(path);
      }
    },
  );

  test.each(['gz/snapshot.19.gz', 'snappy/snapshot.19.snappy'])(
    'where a bit of %s was flipped, wherever, or the tree is the same',
    async (name) => {
      const bytes = readFileSync(join(GOLDEN, name));
      const alone = join(folder, 'alone');
      const path = join(alone, name.split('/')[1]!);
      mkdirSync(alone);
      writeFileSync(path, bytes);
      const whole = described((await read(alone)).state);
      for (let at = 0; at < bytes.length; at += 3) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= 1 << (at % 8);
        writeFileSync(path, changed);
        const found = await read(alone).then(
          ({ state }) => described(state),
          (error: unknown) => error,
        );
        if (!(found instanceof ZookeeperFilesError)) expect(found, `byte ${at}`).toEqual(whole);
      }
    },
  );

  test('where a log is missing between two, or behind a snapshot that needs it', async () => {
    rmSync(join(files, 'log.1'));
    rmSync(join(files, 'snapshot.19'));
    expect(await refusal(read())).toMatchObject({ code: 'hole', message: expect.stringContaining('log.1a') });
    cpSync(join(GOLDEN, 'none'), files, { recursive: true });
    cut('snapshot.19', 700);
    rmSync(join(files, 'log.1'));
    rmSync(join(files, 'log.1a'));
    expect(await refusal(read())).toMatchObject({ code: 'hole' });
  });

  test('where it is another format, or was changed', async () => {
    writeFileSync(join(files, 'snapshot.20'), 'an archive of something else');
    expect(await refusal(read())).toMatchObject({ code: 'no-snapshot' });
    rmSync(join(files, 'snapshot.20'));
    writeFileSync(join(files, 'log.20'), 'something else, too');
    expect(await refusal(read())).toMatchObject({ code: 'no-log' });
    rmSync(join(files, 'log.20'));
    const changed = golden('log.1a');
    changed[300]! ^= 4;
    writeFileSync(join(files, 'log.1a'), changed);
    expect(await refusal(read())).toMatchObject({ code: 'wrong-checksum' });
  });

  test('where its name tells a later zxid than a snapshot has', async () => {
    rmSync(join(files, 'log.1a'));
    writeFileSync(join(files, 'snapshot.1d'), golden('snapshot.19'));
    expect(await refusal(read())).toMatchObject({ code: 'renamed' });
  });
});

describe('a data directory that is made', () => {
  test('is written to no other one, and not left where it fails', async () => {
    expect(await refusal(writeDataDirectory(folder, 1, []))).toMatchObject({ code: 'not-empty' });
    const root = join(folder, 'back');
    function* broken(): Iterable<Uint8Array> {
      yield Uint8Array.of(1);
      throw new Error('the disk is full');
    }
    await expect(writeDataDirectory(root, 0x2a, broken())).rejects.toThrow('the disk is full');
    expect(existsSync(join(root, 'version-2', 'snapshot.2a'))).toBe(false);
    const { path, bytes } = await writeDataDirectory(root, 0x2a, [Uint8Array.of(1, 2)]);
    expect([path, bytes]).toEqual([join(root, 'version-2', 'snapshot.2a'), 2]);
  });
});
