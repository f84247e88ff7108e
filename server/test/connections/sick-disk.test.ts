import { ErrorCode } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import type { TestClient } from './test-client.ts';

/** An ensemble may be without a leader that can write for so long. */
const ALLOWED_GAP_MS = 2_000;
/** Several of them fill a log segment of these tests. */
const LARGE = 'x'.repeat(100_000);

let ensemble: TestEnsemble;

afterEach(async () => {
  for (const member of ensemble.members) {
    member.volume.capacityBytes = Number.POSITIVE_INFINITY;
    member.releaseDisk();
  }
  await ensemble.stop();
});

/** Writes one after the other until `done`, each of which is acknowledged. Returns how many, and the longest time between two of them. */
async function writeUntil(
  client: TestClient,
  value: string,
  done: () => boolean,
): Promise<{ count: number; longestGapMs: number }> {
  let count = 0;
  let longestGapMs = 0;
  while (!done()) {
    const startMs = performance.now();
    const { err } = await client.ask(() => client.set('/written', value));
    expect(err).toBe(ErrorCode.ok);
    count += 1;
    longestGapMs = Math.max(longestGapMs, performance.now() - startMs);
  }
  return { count, longestGapMs };
}

function fill({ volume }: TestMember): void {
  volume.capacityBytes = volume.usedBytes();
}

function makeShort({ volume }: TestMember): void {
  volume.capacityBytes = volume.usedBytes() + 1024 * 1024;
}

function makeRoom({ volume }: TestMember): void {
  volume.capacityBytes = Number.POSITIVE_INFINITY;
}

function raftOf({ member }: TestMember) {
  return member.running!.replica.raft;
}

/** Everybody has all of it, durably, and it is the same. */
async function equalInTheEnd(): Promise<void> {
  const isWhole = (member: TestMember): boolean => {
    const newest = Math.max(...ensemble.members.map((each) => raftOf(each).commit));
    return raftOf(member).persistedIndex >= newest && raftOf(member).applied >= newest;
  };
  await until(() => ensemble.members.every(isWhole));
  const digests = ensemble.members.map(({ member }) => member.running!.machine.digest());
  expect(new Set(digests).size).toBe(1);
}

/** A client of a follower, and who leads before anything goes wrong. */
async function begin(): Promise<{ former: TestMember; others: TestMember[]; client: TestClient }> {
  ensemble = await TestEnsemble.start(3);
  const former = ensemble.leader;
  const others = ensemble.followers;
  const client = await ensemble.session(others[0]!);
  await client.ask(() => client.create('/written', ''));
  return { former, others, client };
}

describe('a leader whose disk is full', () => {
  test('hands over, so that writes and new sessions go on, and has all of it once there is room', async () => {
    const { former, others, client } = await begin();
    fill(former);
    const { longestGapMs } = await writeUntil(client, LARGE, () => others.some((other) => other.leads));
    expect(longestGapMs).toBeLessThan(ALLOWED_GAP_MS);
    await ensemble.session(others[1]!);
    // More than its log has room for: it follows, and acknowledges nothing.
    for (let i = 0; i < 30; i++) await client.ask(() => client.set('/written', LARGE));
    await until(() => former.log.of('error', 'the log cannot be written for now').length > 0);
    expect(raftOf(former).leader).not.toBe(0);
    expect(former.leads).toBe(false);
    makeRoom(former);
    await equalInTheEnd();
    expect(former.log.of('error', 'the log cannot be written for now')).toHaveLength(1);
    await until(() => former.log.of('info', 'disk takes writes again').length === 1);
  });
});

describe('a leader whose disk is nearly full', () => {
  test('hands over, and nobody refuses a write', async () => {
    const { former, others, client } = await begin();
    makeShort(former);
    const { longestGapMs } = await writeUntil(client, 'x', () => others.some((other) => other.leads));
    expect(longestGapMs).toBeLessThan(ALLOWED_GAP_MS);
    const own = await ensemble.session(former);
    expect((await own.ask(() => own.set('/written', 'y'))).err).toBe(ErrorCode.ok);
    expect(former.log.of('info', 'handing leadership to a member that is fitter to lead')).toHaveLength(1);
  });
});

describe('a leader whose disk does not answer', () => {
  test('hands over while the others go on, and has all of it once the disk answers', async () => {
    const { former, others, client } = await begin();
    former.holdDisk();
    const { longestGapMs } = await writeUntil(client, 'x', () => others.some((other) => other.leads));
    expect(longestGapMs).toBeLessThan(ALLOWED_GAP_MS);
    expect(former.log.of('error', 'the disk does not answer')).toHaveLength(1);
    await ensemble.session(others[1]!);
    expect((await client.ask(() => client.set('/written', 'y'))).err).toBe(ErrorCode.ok);
    former.releaseDisk();
    await equalInTheEnd();
    await until(() => former.log.of('info', 'disk takes writes again').length === 1);
  });
});

describe('a member whose disk is full', () => {
  test('does not lead when the leader goes, and the one that can write does', async () => {
    const { former, others, client } = await begin();
    const [healthy, full] = others as [TestMember, TestMember];
    fill(full);
    await writeUntil(client, LARGE, () => raftOf(full).isRefused);
    await former.stop();
    await until(() => healthy.leads && raftOf(full).leader === raftOf(healthy).id);
    const waits = client.ask(() => client.set('/written', 'with the one that has room again'));
    makeRoom(full);
    expect((await waits).err).toBe(ErrorCode.ok);
    await former.start();
    await ensemble.settled();
    await equalInTheEnd();
  });
});
