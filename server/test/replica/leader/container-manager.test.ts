import { ErrorCode, OpCode, Reader } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../../../src/model/command.ts';
import { asZxid } from '../../../src/model/ids.ts';
import { ContainerManager, type Decider } from '../../../src/replica/leader/container-manager.ts';
import { TreeDriver } from '../../tree/tree-driver.ts';
import { create, remove } from '../../tree/writes.ts';

const INTERVAL_MS = 1_000;

/** A leader whose decisions are applied at once. */
class World implements Decider {
  readonly t = new TreeDriver();
  leading = true;
  now = 0;
  decided: string[] = [];
  readonly manager: ContainerManager;

  constructor(intervalMs = INTERVAL_MS) {
    // The wall clock may be anywhere: the log's time decides.
    this.manager = new ContainerManager({ monotonicMs: () => this.now, wallMs: () => 0 }, intervalMs);
  }

  timeMs(): number {
    return this.t.timeMs;
  }

  decide(command: Uint8Array): void {
    const header = emptyCommandHeader();
    expect(readCommandHeader(command, 0, header)).toBe(true);
    expect(header.op).toBe(OpCode.deleteContainer);
    const reader = new Reader().reset(command, COMMAND_HEADER_BYTES, command.length);
    reader.readRange();
    const { bytes, rangeStart, rangeEnd } = reader;
    this.decided.push(new TextDecoder().decode(bytes.subarray(rangeStart, rangeEnd)));
    const { err } = this.t.tree.removeTransient(
      bytes,
      rangeStart,
      rangeEnd,
      asZxid(++this.t.zxid),
      this.t.timeMs,
    );
    expect(err).toBe(ErrorCode.ok);
  }

  /** An empty container that has had a child. */
  used(path: string): void {
    this.t.apply(create(path, { op: OpCode.createContainer, flags: 4 }));
    this.t.apply(create(`${path}/x`));
    this.t.apply(remove(`${path}/x`));
  }

  /** What was decided in `ms` of reviews. */
  run(ms: number): string[] {
    this.decided = [];
    for (const endMs = this.now + ms; this.now < endMs; this.now += this.manager.periodMs) {
      this.manager.removeDue(this, this.t.tree);
    }
    return this.decided.sort();
  }
}

describe('the leader', () => {
  test('has those removed whose time is over, once an interval', () => {
    const world = new World();
    world.used('/c1');
    world.used('/c2');
    world.t.apply(create('/new', { op: OpCode.createContainer, flags: 4 }));
    world.t.apply(create('/ttl', { op: OpCode.createTtl, flags: 5, ttlMs: 5_000 }));
    expect(world.run(INTERVAL_MS)).toEqual([]);
    expect(world.run(INTERVAL_MS)).toEqual(['/c1', '/c2']);
    world.used('/c3');
    world.t.timeMs += 6_000;
    expect(world.run(INTERVAL_MS)).toEqual(['/c3', '/ttl']);
    expect(world.run(INTERVAL_MS)).toEqual([]);
    expect(world.t.exists('/new')).toBe(true);
  });

  test('looks as often as it is asked to, though a review of everything else comes ten times a second', () => {
    const world = new World(1);
    world.t.apply(create('/ttl', { op: OpCode.createTtl, flags: 5, ttlMs: 10 }));
    world.t.timeMs += 11;
    expect(world.run(2)).toEqual(['/ttl']);
  });

  test('looks at no more nodes in a second for looking more often', () => {
    const often = new World(1);
    const seldom = new World();
    for (const world of [often, seldom]) for (let i = 0; i < 3_000; i++) world.used(`/c${i}`);
    seldom.now = INTERVAL_MS;
    seldom.manager.removeDue(seldom, seldom.t.tree);
    seldom.now = 2 * INTERVAL_MS;
    expect(often.run(500).length).toBeLessThanOrEqual(seldom.run(500).length);
  });

  test('begins its interval when it begins to lead; others decide nothing', () => {
    const world = new World();
    world.leading = false;
    world.used('/c');
    expect(world.run(5 * INTERVAL_MS)).toEqual([]);
    world.leading = true;
    expect(world.run(INTERVAL_MS)).toEqual([]);
    expect(world.run(INTERVAL_MS)).toEqual(['/c']);
  });

  test('removes many over several reviews, and all of them', () => {
    const world = new World();
    for (let i = 0; i < 1_000; i++) world.used(`/c${i}`);
    world.run(INTERVAL_MS);
    world.decided = [];
    world.manager.removeDue(world, world.t.tree);
    expect(world.decided.length).toBeGreaterThan(0);
    expect(world.decided.length).toBeLessThan(1_000);
    const first = world.decided.length;
    world.now += 100;
    expect(first + world.run(INTERVAL_MS - 200).length).toBe(1_000);
  });

  test('begins anew where a snapshot brought another tree', () => {
    const world = new World();
    for (let i = 0; i < 1_000; i++) world.used(`/c${i}`);
    world.run(INTERVAL_MS);
    world.manager.removeDue(world, world.t.tree);
    const other = new World();
    other.used('/other');
    other.now = world.now;
    world.manager.removeDue(other, other.t.tree);
    expect(other.decided).toEqual([]);
    other.now = world.now += INTERVAL_MS;
    world.manager.removeDue(other, other.t.tree);
    expect(other.decided).toEqual(['/other']);
  });
});
