import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeConfiguration, encodeConfiguration, type SnapshotMeta } from 'raft-ts-lite';
import {
  canRun,
  FIRST_LEVEL,
  KEEPER_LEVEL,
  rangeOf,
  ZOOKEEPER_LEVEL,
} from '../../src/model/feature-level.ts';
import type { Build } from '../../src/replica/build.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { digestsOf, formatEntries } from './golden-log.ts';
import { LogEntries } from './log-entries.ts';
import { newMachine, replay } from './replay.ts';

/** Each file of it is to be read by people who look what changed. */
export const MAX_GOLDEN_BYTES = 200_000;
const ENTRIES_PER_LEVEL = 300;
/** Of all levels together from the third one on, so that the file stays small. */
const ENTRIES = 600;
const LOG_SEED = 2;

export const goldenFolder = fileURLToPath(new URL('golden', import.meta.url));

const ZOOKEEPERS_SNAPSHOT = fileURLToPath(
  new URL('../zookeeper-snapshot/golden/zookeeper-3.9.5.snapshot', import.meta.url),
);

/** Name → text. */
export type GoldenFiles = ReadonlyMap<string, string>;

export const logFile = (level: number): string => `level-${level}-log.txt`;
export const digestsFile = (level: number): string => `level-${level}-digests.txt`;
export const snapshotFile = (level: number): string => `level-${level}-snapshot.json`;

/** The levels of which the folder has a log. */
export function goldenLevels(folder = goldenFolder): number[] {
  const names = readdirSync(folder).flatMap((name) => /^level-(\d+)-log\.txt$/.exec(name)?.[1] ?? []);
  return names.map(Number).sort((a, b) => a - b);
}

/** A log that rises to `level`, what it comes to, and a snapshot of that. A function of level and build. */
export function makeGolden(level: number, build: Build): GoldenFiles {
  if (!canRun(rangeOf(build.levels), level)) throw new Error(`this build does not run level ${level}`);
  const log = new LogEntries(LOG_SEED, build);
  for (let inForce = FIRST_LEVEL; inForce <= level; inForce++) {
    // Twice: the second one is void, as the first one is of the first level.
    log.raise(inForce);
    log.raise(inForce);
    log.more(level < KEEPER_LEVEL ? ENTRIES_PER_LEVEL : Math.floor(ENTRIES / level));
    log.transients();
    // Those of before the level count once it is in force.
    if (level >= ZOOKEEPER_LEVEL) log.quotas();
    if (inForce >= KEEPER_LEVEL) log.keeperWrites();
  }
  if (level >= ZOOKEEPER_LEVEL) log.restores(readFileSync(ZOOKEEPERS_SNAPSHOT));
  const machine = machineOf(build);
  replay(machine, log.entries);
  return new Map([
    [logFile(level), formatEntries(log.entries)],
    [digestsFile(level), digestsOf(log.entries, machineOf(build))],
    [snapshotFile(level), formatSnapshot(machine)],
  ]);
}

export interface StoredSnapshot {
  readonly meta: SnapshotMeta;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** As JSON, with all that storage keeps of it. */
export function formatSnapshot(machine: StateMachine): string {
  const { appliedIndex: index, appliedTerm: term } = machine;
  const configuration = base64(encodeConfiguration(machine.configuration));
  const bytes = base64(snapshotBytes(machine));
  return `${JSON.stringify({ index, term, digest: machine.digest(), configuration, bytes }, null, 2)}\n`;
}

export function readSnapshot(name: string, folder = goldenFolder): StoredSnapshot {
  const { index, term, digest, configuration, bytes } = JSON.parse(
    readFileSync(join(folder, name), 'utf8'),
  ) as { index: number; term: number; digest: string; configuration: string; bytes: string };
  const meta = { index, term, configuration: decodeConfiguration(fromBase64(configuration)) };
  return { meta, digest, bytes: fromBase64(bytes) };
}

/** Throws where it cannot be read, or is not what it says. */
export function load({ meta, digest, bytes }: StoredSnapshot, machine: StateMachine): StateMachine {
  const loader = machine.newLoader();
  loader.feed(bytes);
  const step = loader.finish(Number.POSITIVE_INFINITY);
  if (step.state !== 'loaded') throw new Error(JSON.stringify(step));
  machine.adopt(step, meta, digest);
  return machine;
}

export function snapshotBytes(machine: StateMachine): Uint8Array {
  const walk = machine.beginSnapshot();
  const pieces: Uint8Array[] = [];
  for (let piece = walk.next(65_536); piece !== undefined; piece = walk.next(65_536)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * Writes what is not there. Throws, and writes nothing, where a file is there with another text: what a build wrote every later one must read,
 * so that is replaced only by who says so.
 *
 * @returns the names of those that were written
 */
export function writeGolden(files: GoldenFiles, { folder = goldenFolder, replace = false } = {}): string[] {
  const textOf = (name: string): string | undefined =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
  const changed = [...files].filter(([name, text]) => textOf(name) !== text);
  const others = changed.filter(([name]) => textOf(name) !== undefined).map(([name]) => name);
  if (others.length > 0 && !replace) {
    throw new Error(
      `${others.join(', ')} would change: members of two builds would no longer end equal. Give the change a feature level of its own; only where no build with this level has ever been out, write with --replace`,
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of changed) writeFileSync(join(folder, name), text);
  return changed.map(([name]) => name);
}

function machineOf(build: Build): StateMachine {
  return newMachine(1, Number.POSITIVE_INFINITY, build);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
