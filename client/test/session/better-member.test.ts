import { describe, expect, test } from 'vitest';
import { type ConnectOptions, open } from '../../src/connect.ts';
import { Members } from './members.ts';

async function reading(members: Members, options: ConnectOptions = {}) {
  const { client, opened } = open(members, '', { allowReadOnly: true, ...options });
  const told: string[] = [];
  client.onState((state, why) => told.push(`${state}: ${why}`));
  await members.clock.advance(0);
  await opened;
  return { client, told };
}

describe('a client whose member reads alone', () => {
  test('looks for one that serves writes, and begins a session of its own there', async () => {
    const members = new Members({ 1: 'reads', 2: 'no-quorum', 3: 'away' });
    const { client, told } = await reading(members);
    expect(client.session).toMatchObject({ isReadOnly: true, address: { port: 1 } });
    const { session } = client;
    await members.clock.advance(60_000);
    expect(client.session).toBe(session);
    expect(told).toHaveLength(1);

    members.set(2, 'serves');
    await members.clock.advance(60_000);
    expect(client.session).toMatchObject({ state: 'connected', isReadOnly: false, address: { port: 2 } });
    expect(client.session.id).not.toBe(session.id);
    expect(session.state).toBe('lost');
    expect(told.map((each) => each.split(':')[0])).toEqual(['connected', 'lost', 'connected']);
    expect(told[1]).toContain('member:2 serves writes');
    // Of both connections one is left, and nobody is asked any more.
    expect([members.connectionsOf(1), members.connectionsOf(2)]).toEqual([0, 1]);
    const { length } = members.asked;
    await members.clock.advance(120_000);
    expect(members.asked).toHaveLength(length);
    await close(members, client);
  });

  test('asks more and more seldom, for no session that would read alone', async () => {
    const members = new Members({ 1: 'reads', 2: 'no-quorum' });
    const { client } = await reading(members);
    await members.clock.advance(3_600_000);
    const ofOther = members.asked.filter(({ port, readOnly }) => port === 2 && !readOnly);
    const pauses = ofOther.slice(1).map(({ atMs }, at) => atMs - ofOther[at]!.atMs);
    expect(pauses[0]).toBeLessThan(100);
    expect(Math.max(...pauses)).toBeGreaterThan(15_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
    expect(ofOther.length).toBeLessThan(260);
    expect(members.asked.filter(({ port, readOnly }) => port === 1 && readOnly)).toHaveLength(1);
    await close(members, client);
  });

  test('tells who watched by the former session that it is lost, and asks on by the new one', async () => {
    const members = new Members({ 1: 'reads', 2: 'no-quorum' });
    const { client } = await reading(members);
    const lost = { changed: () => {}, lost: () => void events.push('lost') };
    const events: string[] = [];
    const read = client.exists('/a', { watcher: lost });
    await members.clock.advance(0);
    expect(await read).toBeUndefined();
    members.set(2, 'serves');
    await members.clock.advance(60_000);
    expect(events).toEqual(['lost']);
    const again = client.exists('/a');
    await members.clock.advance(0);
    expect(await again).toBeUndefined();
    await close(members, client);
  });

  test('looks no further once it is closed, or its member is gone', async () => {
    const members = new Members({ 1: 'reads', 2: 'no-quorum' });
    const { client } = await reading(members);
    await members.clock.advance(1_000);
    members.set(1, 'away');
    await members.clock.advance(100);
    expect(client.state).toBe('suspended');
    // The session itself asks now, and would take a member that reads alone.
    const from = members.asked.length;
    await members.clock.advance(2_000);
    expect(members.asked.slice(from).map(({ readOnly }) => readOnly)).not.toContain(false);
    members.set(1, 'reads');
    await members.clock.advance(2_000);
    expect(client.session).toMatchObject({ state: 'connected', isReadOnly: true });
    await close(members, client);
    const { length } = members.asked;
    members.set(2, 'serves');
    await members.clock.advance(120_000);
    expect(members.asked).toHaveLength(length);
    expect([members.connectionsOf(1), members.connectionsOf(2)]).toEqual([0, 0]);
  });

  test('stays where it is, if its end would be the client’s', async () => {
    const members = new Members({ 1: 'reads', 2: 'no-quorum' });
    const { client } = await reading(members, { endsWithSession: true });
    members.set(2, 'serves');
    await members.clock.advance(120_000);
    expect(client.session).toMatchObject({ state: 'connected', isReadOnly: true });
    await close(members, client);
  });
});

test('a client that has one member for good asks it for nothing better', async () => {
  const members = new Members({ 1: 'reads' });
  members.hasOneMember = true;
  const { client } = await reading(members);
  await members.clock.advance(120_000);
  expect(client.session.isReadOnly).toBe(true);
  expect(members.asked).toHaveLength(1);
  await close(members, client);
});

test('a client whose member serves writes asks nobody else', async () => {
  const members = new Members({ 1: 'serves', 2: 'reads' });
  const { client } = await reading(members);
  const wasReading = client.session.isReadOnly;
  await members.clock.advance(120_000);
  expect([wasReading, client.session.isReadOnly]).toEqual([false, false]);
  expect(members.asked).toHaveLength(1);
  await close(members, client);
});

async function close(members: Members, client: { close(): Promise<void> }): Promise<void> {
  const closed = client.close();
  await members.clock.advance(5_000);
  await closed;
}
