import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundsOf } from '../../src/bounds/bounds.ts';
import { DEFAULT_LIMITS } from '../../src/bounds/limits.ts';
import { shareMemory } from '../../src/bounds/memory.ts';
import { checkBounds } from '../../src/bounds/relations.ts';
import { ClientMemory, type MemoryHolder } from '../../src/connections/client-memory.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';

const MB = 1024 * 1024;

class Holder implements MemoryHolder {
  memoryBytes: number;
  countedBytes = 0;
  readonly hasSession: boolean;
  readonly #memory: ClientMemory;
  isOpen = true;

  constructor(memory: ClientMemory, memoryBytes: number, hasSession = true) {
    this.#memory = memory;
    this.memoryBytes = memoryBytes;
    this.hasSession = hasSession;
    memory.count(this);
  }

  evict(): void {
    this.isOpen = false;
    this.#memory.forget(this);
  }
}

describe('what all clients together hold', () => {
  test('closes nobody up to the bound, and beyond it those without a session, then those that hold most', () => {
    const memory = new ClientMemory(800);
    const holders = [
      new Holder(memory, 100),
      new Holder(memory, 300),
      new Holder(memory, 200),
      new Holder(memory, 50, false),
      new Holder(memory, 0, false),
      new Holder(memory, 150),
    ];
    memory.evict(holders);
    expect([memory.isTight, memory.isOver, holders.every(({ isOpen }) => isOpen)]).toEqual([
      true,
      false,
      true,
    ]);
    holders.push(new Holder(memory, 250));
    expect(memory.isOver).toBe(true);
    memory.evict(holders);
    expect(holders.filter(({ isOpen }) => !isOpen).map(({ memoryBytes }) => memoryBytes)).toEqual([300, 50]);
    expect([memory.totalBytes, memory.isOver]).toEqual([700, false]);
  });

  test('is counted again before anybody is closed: the system may have taken it meanwhile', () => {
    const memory = new ClientMemory(800);
    const holders = [new Holder(memory, 500), new Holder(memory, 400)];
    holders[0]!.memoryBytes = 10;
    memory.evict(holders);
    expect([holders[0]!.isOpen, memory.totalBytes]).toEqual([true, 410]);
  });

  test('is a share of what the process may have, and never so little that one client could stop all others', () => {
    const bounds = boundsOf({ client: { maxFrameBytes: MB } });
    expect(shareMemory(bounds, 512 * MB).clientMemoryBytes).toBe(128 * MB);
    expect(shareMemory(bounds, 64 * 1024 * MB).clientMemoryBytes).toBe(256 * MB);
    for (const most of [0, 64 * MB, 1024 * MB]) checkBounds(shareMemory(bounds, most), DEFAULT_LIMITS);
  });
});

describe('a member whose clients hold more than it may', () => {
  let ensemble: TestEnsemble;
  let member: TestMember;

  beforeAll(async () => {
    ensemble = await TestEnsemble.start(
      1,
      {},
      {
        clientMemoryBytes: 8 * MB,
        owedBytes: 8 * MB,
        pendingBytes: 8 * MB,
        forwardWindowBytes: 2 * MB,
        answerBytes: MB,
      },
    );
    member = ensemble.leader;
  });

  afterAll(async () => {
    await ensemble.stop();
  });

  test('closes those that send half of a message and no session, says why and counts them, and serves the others', async () => {
    const { memory, counters } = member.member.clients;
    const other = await ensemble.session(member);
    await other.ask(() => other.create('/other', 'x'));
    const half = Buffer.alloc(600_000);
    half.writeInt32BE(1_000_000);
    let most = 0;
    for (let i = 0; i < 40; i++) {
      const client = await ensemble.client(member);
      client.raw.write(half);
      most = Math.max(most, memory.totalBytes);
      expect(await other.data('/other')).toBe('x');
    }
    await until(() => counters.evicted > 20);
    expect(most).toBeLessThan(10 * MB);
    expect(memory.totalBytes).toBeLessThanOrEqual(8 * MB);
    expect(member.log.of('warn', 'closed connections')[0]?.fields.reason).toContain('clientMemoryBytes');
    expect(await other.data('/other')).toBe('x');
    member.member.clients.registry.closeAll('the test is over');
    expect(memory.totalBytes).toBe(0);
  });

  test('holds no more for many that read nothing behind a sync than for one', async () => {
    const { memory, counters } = member.member.clients;
    const writer = await ensemble.session(member);
    await writer.ask(() => writer.create('/much', 'v'.repeat(500_000)));
    const before = counters.evicted;
    const greedy = await Promise.all(Array.from({ length: 20 }, () => ensemble.session(member)));
    for (const client of greedy) {
      client.raw.socket.pause();
      client.sync();
      for (let i = 0; i < 100; i++) client.get('/much');
      client.flush();
    }
    let most = 0;
    for (let turn = 0; turn < 300; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, memory.totalBytes);
    }
    expect(most).toBeLessThan(12 * MB);
    expect(counters.evicted).toBeGreaterThan(before);
    expect(await writer.data('/much')).toHaveLength(500_000);
  });
});

test('a message that announces a megabyte takes no memory before its bytes come, and none when it was read', async () => {
  const ensemble = await TestEnsemble.start(1);
  try {
    const { memory } = ensemble.leader.member.clients;
    const client = await ensemble.session(ensemble.leader);
    client.raw.write(Uint8Array.of(0, 15, 0, 0));
    client.raw.write(new Uint8Array(1_000));
    await until(() => memory.totalBytes > 0);
    expect(memory.totalBytes).toBeLessThan(4_096);
    client.raw.write(new Uint8Array(15 * 65_536 - 1_000));
    await client.reply();
    await until(() => memory.totalBytes === 0);
  } finally {
    await ensemble.stop();
  }
});
