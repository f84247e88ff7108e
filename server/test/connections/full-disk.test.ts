import { ErrorCode } from '@rookery/protocol';
import { afterEach, expect, test } from 'vitest';
import { Room } from '../../src/storage/free-space-monitor.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import type { TestClient } from './test-client.ts';

const MEBIBYTE = 1024 * 1024;
const heavy = 'x'.repeat(400_000);

let ensemble: TestEnsemble | undefined;
afterEach(() => ensemble?.stop());

/** A member alone, with segments of a megabyte, and room for `bytes` beside what it has at its start. */
async function memberWith(bytes: number): Promise<{ member: TestMember; client: TestClient }> {
  ensemble = await TestEnsemble.start(1);
  const [member] = ensemble.members as [TestMember];
  member.volume.capacityBytes = member.volume.usedBytes() + bytes;
  return { member, client: await ensemble.session(member) };
}

async function errorOf(client: TestClient, write: (client: TestClient) => unknown): Promise<number> {
  return (await client.ask(() => write(client))).err;
}

test('a small disk takes any number of writes to one node: snapshots make room before it is short', async () => {
  const { member, client } = await memberWith(16 * MEBIBYTE);
  await errorOf(client, () => client.create('/one'));
  const refused: number[] = [];
  for (let i = 0; i < 150; i++) {
    const err = await errorOf(client, () => client.set('/one', heavy));
    if (err !== ErrorCode.ok) refused.push(i);
  }
  expect(refused).toEqual([]);
  expect(member.member.running?.snapshots.taken).toBeGreaterThan(1);
  expect(member.member.storage?.metrics().logSegments).toBeLessThan(12);
});

test('a disk that nodes have filled takes deletions and the ends of sessions, and all writes again once nodes are deleted', async () => {
  const { member, client } = await memberWith(16 * MEBIBYTE);
  let count = 0;
  for (; count < 100; count++) {
    if ((await errorOf(client, () => client.create(`/n${count}`, heavy))) !== ErrorCode.ok) break;
  }
  expect(count).toBeLessThan(100);
  expect(member.member.clients.admission.room).toBeGreaterThanOrEqual(Room.scarce);
  // Also after a restart: whoever comes may make room.
  await member.stop();
  await member.start();
  await ensemble?.settled();
  const again = (await ensemble?.client(member))!;
  await again.attach(client.session);
  for (let i = 0; i < count; i++)
    expect(await errorOf(again, () => again.remove(`/n${i}`))).toBe(ErrorCode.ok);
  await until(
    () => member.member.storage!.room === Room.ample && member.member.clients.admission.room === Room.ample,
  );
  expect(await errorOf(again, () => again.create('/again', heavy))).toBe(ErrorCode.ok);
  const fresh = (await ensemble?.session(member))!;
  expect(await errorOf(fresh, () => fresh.create('/fresh'))).toBe(ErrorCode.ok);
  expect(member.log.of('error')).toEqual([]);
});

test('what a look at the disk finds counts at once, by the state as it is then: writers do not wait for the next review', async () => {
  const { member, client } = await memberWith(Number.POSITIVE_INFINITY);
  const { storage, clients } = member.member;
  for (let i = 0; i < 6; i++) await errorOf(client, () => client.create(`/n${i}`, heavy));
  // Less than two segments and the state, which a second ago was none.
  const stateBytes = member.member.running!.machine.snapshotBytes;
  expect(stateBytes).toBeGreaterThan(6 * heavy.length);
  member.volume.capacityBytes = member.volume.usedBytes() + 1.5 * MEBIBYTE + stateBytes;
  await storage!.refreshSpace();
  expect(clients.admission.room).toBe(Room.scarce);
  member.volume.capacityBytes = Number.POSITIVE_INFINITY;
  await storage!.refreshSpace();
  expect(clients.admission.room).toBe(Room.ample);
});

test('while room is scarce small writes and sessions are taken, and large ones are not', async () => {
  const { member, client } = await memberWith(Number.POSITIVE_INFINITY);
  await errorOf(client, () => client.create('/one', heavy));
  // One and a half segments and the state.
  const room = 1.5 * MEBIBYTE + member.member.running!.machine.snapshotBytes;
  await until(() => member.member.storage!.metrics().freeBytes > 0);
  member.volume.capacityBytes = member.volume.usedBytes() + room;
  await until(() => member.member.clients.admission.room === Room.scarce);
  expect(await errorOf(client, () => client.set('/one', heavy))).toBe(ErrorCode.systemError);
  expect(await errorOf(client, () => client.create('/small', 'x'))).toBe(ErrorCode.ok);
  const other = (await ensemble?.session(member))!;
  expect(await errorOf(other, () => other.remove('/one'))).toBe(ErrorCode.ok);
  expect(member.log.of('warn', 'no writes above')).toHaveLength(1);
});

test('room is made while nothing is written: others may fill the disk', async () => {
  const { member, client } = await memberWith(Number.POSITIVE_INFINITY);
  await errorOf(client, () => client.create('/one'));
  for (let i = 0; i < 8; i++) await errorOf(client, () => client.set('/one', heavy));
  const { snapshots, machine } = member.member.running!;
  await until(() => member.member.storage!.metrics().freeBytes > 0);
  expect([snapshots.taken, member.member.storage!.metrics().logSegments]).toEqual([0, 4]);
  const applied = machine.appliedIndex;
  member.volume.capacityBytes = member.volume.usedBytes() + 3 * MEBIBYTE;
  await until(() => snapshots.taken === 1);
  expect(machine.appliedIndex).toBe(applied);
  expect(member.member.storage!.metrics().logSegments).toBe(1);
});

test('a member that finds its disk full at its start waits for room, says so once, and serves once there is some', async () => {
  const { member, client } = await memberWith(Number.POSITIVE_INFINITY);
  await errorOf(client, () => client.create('/one', 'x'));
  await member.stop();
  member.volume.capacityBytes = member.volume.usedBytes();
  const started = member.start();
  await until(() => member.log.of('warn', 'the data folder cannot be opened for now').length > 0);
  expect(member.member.reason).toContain('no room on the disk');
  const calls = member.volume.callCount;
  await until(() => member.volume.callCount > calls);
  member.volume.capacityBytes = Number.POSITIVE_INFINITY;
  await started;
  await ensemble?.settled();
  const fresh = (await ensemble?.session(member))!;
  expect(await errorOf(fresh, () => fresh.get('/one'))).toBe(ErrorCode.ok);
  expect(member.fatal).toBeUndefined();
  expect(member.log.of('warn', 'the data folder cannot be opened for now')).toHaveLength(1);
});

test('a member that waits for room at its start can be stopped', async () => {
  const { member } = await memberWith(Number.POSITIVE_INFINITY);
  await member.stop();
  member.volume.capacityBytes = member.volume.usedBytes();
  const started = member.start();
  await until(() => member.log.of('warn', 'the data folder cannot be opened for now').length > 0);
  await member.member.stop();
  member.volume.capacityBytes = Number.POSITIVE_INFINITY;
  await started;
  expect(member.member.storage).toBeUndefined();
});
