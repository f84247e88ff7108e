import type { Config } from './config/config.ts';
import { loadConfigOrExit } from './config/or-exit.ts';
import { memberData } from './force-on-disk.ts';
import { ownFlags } from './own-flags.ts';
import { systemEntropy } from './platform/machine.ts';
import type { StateMachine } from './replica/state-machine.ts';
import { stoppedState } from './stopped-state.ts';
import { ZookeeperFilesError } from './zookeeper-files/failure.ts';
import { writeDataDirectory } from './zookeeper-files/new-snapshot.ts';
import { databaseIdOf } from './zookeeper-snapshot/format.ts';
import { SnapshotConversion, SnapshotSurvey } from './zookeeper-snapshot/from-own.ts';

const SLICE_BYTES = 256 * 1024;

/**
 * The way back: writes what a stopped member has as the data directory of an Apache ZooKeeper. Exit 0; exit 1, with nothing written, where it
 * cannot; exit 2 where nobody said where to.
 */
export async function exportZookeeper(argv: readonly string[]): Promise<void> {
  const { values, rest } = ownFlags(argv, { to: { type: 'string' }, json: { type: 'boolean' } });
  const { config } = loadConfigOrExit(rest, process.env);
  const { to } = values;
  if (typeof to !== 'string') {
    process.stderr.write('rookery-server: where to? export-zookeeper --to DIRECTORY CONFIGURATION\n');
    process.exitCode = 2;
    return;
  }
  try {
    const made = await exportTo(config, to);
    const text = `${made.nodes} nodes and ${made.sessions} sessions up to zxid ${made.zxid} in ${made.file}: start ZooKeeper with dataDir=${to}`;
    process.stdout.write(values.json === true ? `${JSON.stringify(made)}\n` : `${text}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`rookery-server: nothing was exported: ${why}\n`);
    process.exitCode = 1;
  }
}

async function exportTo(config: Config, to: string) {
  const stopped = await stoppedState(memberData(config), systemEntropy.uint32());
  if (stopped === undefined)
    throw new ZookeeperFilesError('nothing-there', `${config.dataDir} holds no data of a member`);
  const { machine, identity } = stopped;
  const zxid = machine.lastZxid;
  const survey = new SnapshotSurvey();
  for (const piece of piecesOf(machine)) survey.feed(piece);
  const found = survey.finish();
  if (found === undefined) throw new Error('what was read cannot be written');
  const conversion = new SnapshotConversion(found, zxid, databaseIdOf(identity.clusterId));
  const { path, bytes } = await writeDataDirectory(to, zxid, converted(machine, conversion));
  const { tree, sessions } = machine;
  return {
    file: path,
    bytes,
    zxid: `0x${zxid.toString(16)}`,
    nodes: tree.nodeCount,
    sessions: sessions.size,
  };
}

function* piecesOf(machine: StateMachine): Iterable<Uint8Array> {
  const walk = machine.beginSnapshot();
  for (let piece = walk.next(SLICE_BYTES); piece !== undefined; piece = walk.next(SLICE_BYTES)) yield piece;
}

function* converted(machine: StateMachine, conversion: SnapshotConversion): Iterable<Uint8Array> {
  for (const piece of piecesOf(machine)) {
    const made = conversion.feed(piece);
    if (typeof made === 'string') throw new Error(`what was read cannot be written: ${made}`);
    yield made;
  }
}
