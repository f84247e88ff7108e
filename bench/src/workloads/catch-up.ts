import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';

export interface CatchUpWork {
  readonly valueBytes: number;
  /** Altogether, while the member is away. */
  readonly bytes: number;
}

export interface CatchUpResult {
  readonly writes: number;
  /** From the member's start until a client of it reads the last write, without a sync. */
  readonly totalMs: number;
  /** Of that, from the moment at which the member serves clients again. */
  readonly servingMs: number;
}

const PATH = '/catch-up';
const IN_FLIGHT = 8;
const POLL_MS = 10;
const TIMEOUT_MS = 120_000;

/** Kills a follower, writes what it then misses, starts it again and waits until it shows all of that. */
export async function runCatchUpWorkload(ensemble: Ensemble, work: CatchUpWork): Promise<CatchUpResult> {
  const leader = await ensemble.leader();
  const follower = ensemble.members.find((member) => member !== leader)!;
  const session = await ClientSession.connect(leader.endpoint);
  await session.create(PATH, Buffer.alloc(0)).catch(() => undefined);
  await follower.kill();
  const writes = Math.ceil(work.bytes / work.valueBytes);
  const version = await writeAll(session, writes, work.valueBytes);
  const startMs = performance.now();
  follower.start();
  await follower.serving(TIMEOUT_MS);
  const servingMs = performance.now() - startMs;
  await shows(follower, version);
  const totalMs = performance.now() - startMs;
  await session.close();
  return { writes, totalMs, servingMs };
}

/** Returns the version that the last write left. */
async function writeAll(session: ClientSession, writes: number, valueBytes: number): Promise<number> {
  const value = Buffer.alloc(valueBytes, 'v');
  let begun = 0;
  let version = 0;
  const writer = async (): Promise<void> => {
    while (begun < writes) {
      begun += 1;
      version = Math.max(version, (await session.set(PATH, value)).version);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  return version;
}

async function shows(member: Member, version: number): Promise<void> {
  const deadlineMs = performance.now() + TIMEOUT_MS;
  const session = await ClientSession.connect(member.endpoint);
  while ((await session.get(PATH)).stat.version < version) {
    if (performance.now() > deadlineMs)
      throw new Error(`member ${member.serverId} has not caught up after ${TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await session.close();
}
