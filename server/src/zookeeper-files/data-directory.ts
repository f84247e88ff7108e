import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ZookeeperFilesError } from './failure.ts';

/** A snapshot or a transaction log, with the zxid that its name tells. */
export interface ZookeeperFile {
  readonly path: string;
  readonly zxid: number;
  /** By the name's ending; logs have none. */
  readonly compression: 'none' | 'gzip' | 'snappy';
}

export interface DataDirectory {
  /** The newest one first. */
  readonly snapshots: readonly ZookeeperFile[];
  /** The oldest one first. */
  readonly logs: readonly ZookeeperFile[];
}

/** ZooKeeper's folder in dataDir and in dataLogDir, by the version of its formats. */
const FOLDER = 'version-2';
const NAME = /^(snapshot|log)\.([0-9a-f]{1,16})(?:\.(gz|snappy))?$/;

/**
 * The files of ZooKeeper's dataDir, or of its folder `version-2`, and of its dataLogDir, which may be the same. Throws ZookeeperFilesError where
 * there is no snapshot.
 */
export function findZookeeperFiles(dataDir: string, dataLogDir: string): DataDirectory {
  const all = [...new Set([folderOf(dataDir), folderOf(dataLogDir)])].flatMap(filesOf);
  const snapshots = all.filter(({ kind }) => kind === 'snapshot').map(({ file }) => file);
  const logs = all.filter(({ kind }) => kind === 'log').map(({ file }) => file);
  if (snapshots.length === 0) {
    const what =
      logs.length === 0
        ? `${dataDir} holds no data of Apache ZooKeeper: there is neither ${FOLDER}/snapshot.* nor ${FOLDER}/log.* in it`
        : `${dataDir} holds logs of Apache ZooKeeper (${FOLDER}/log.*), and no snapshot that they continue: give the whole directory, or with dataLogDir both`;
    throw new ZookeeperFilesError('nothing-there', what);
  }
  return {
    snapshots: snapshots.toSorted((a, b) => b.zxid - a.zxid),
    logs: logs.toSorted((a, b) => a.zxid - b.zxid),
  };
}

function folderOf(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new ZookeeperFilesError('nothing-there', `${path} is no directory`);
  const folder = join(path, FOLDER);
  return existsSync(folder) ? folder : path;
}

function filesOf(folder: string): { kind: string; file: ZookeeperFile }[] {
  return readdirSync(folder).flatMap((name) => {
    const [, kind, digits, ending] = NAME.exec(name) ?? [];
    if (kind === undefined || digits === undefined || (kind === 'log' && ending !== undefined)) return [];
    const zxid = Number.parseInt(digits, 16);
    const compression = ending === 'gz' ? 'gzip' : ending === 'snappy' ? 'snappy' : 'none';
    return [{ kind, file: { path: join(folder, name), zxid, compression } as const }];
  });
}
