import { beforeEach, describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { NumberRange } from '../../src/replica/number-range.ts';
import { ReadBarrier } from '../../src/replica/read-barrier.ts';
import { NUMBER_BOUNDS } from './number-bounds.ts';

let tokens: number[];
let reached: string[];
let barrier: ReadBarrier;

beforeEach(() => {
  tokens = [];
  reached = [];
  barrier = new ReadBarrier(new NumberRange(3, NUMBER_BOUNDS), (token) => tokens.push(token));
});

function wait(name: string): void {
  barrier.wait({ reached: () => reached.push(name) });
}

describe('readers that wait for what was committed when they asked', () => {
  test('share one round where they ask in one turn', () => {
    wait('a');
    wait('b');
    barrier.ask();
    barrier.confirmed({ token: tokens[0]!, index: 7 });
    barrier.release(7);
    expect(tokens).toHaveLength(1);
    expect(reached).toEqual(['a', 'b']);
  });

  test('join the next round where one is under way: it confirms only what was committed before it began', () => {
    wait('a');
    barrier.ask();
    wait('b');
    barrier.ask();
    expect(tokens).toHaveLength(1);
    barrier.confirmed({ token: tokens[0]!, index: 7 });
    barrier.release(100);
    expect(reached).toEqual(['a']);
    expect(tokens).toHaveLength(2);
    barrier.confirmed({ token: tokens[1]!, index: 8 });
    barrier.release(100);
    expect(reached).toEqual(['a', 'b']);
  });

  test('go only once the tree holds the index', () => {
    wait('a');
    barrier.ask();
    barrier.confirmed({ token: tokens[0]!, index: 7 });
    barrier.release(6);
    expect(reached).toEqual([]);
    barrier.release(7);
    expect(reached).toEqual(['a']);
  });

  test('are asked for again after a refusal or a silence of 50 ticks, and an answer to the earlier round counts no more', () => {
    wait('a');
    barrier.ask();
    barrier.confirmed({ token: tokens[0]!, index: -1 });
    for (let tick = 1; tick < 50; tick++) barrier.tick();
    expect(tokens).toHaveLength(1);
    barrier.tick();
    expect(tokens).toHaveLength(2);
    barrier.confirmed({ token: tokens[0]!, index: 7 });
    barrier.release(100);
    expect(reached).toEqual([]);
    barrier.confirmed({ token: tokens[1]!, index: 8 });
    barrier.release(100);
    expect(reached).toEqual(['a']);
  });

  test('cost nothing while nobody waits', () => {
    barrier.ask();
    for (let tick = 0; tick < 200; tick++) barrier.tick();
    barrier.release(5);
    expect(tokens).toEqual([]);
  });

  test('have tokens unlike those of earlier lives', () => {
    const all = new Set<number>();
    for (const boot of [1, 2, 3]) {
      const life = new ReadBarrier(new NumberRange(boot, NUMBER_BOUNDS), (token) => all.add(token));
      for (let round = 0; round < 100; round++) {
        life.wait({ reached: () => {} });
        life.ask();
        life.confirmed({ token: [...all].at(-1)!, index: 1 });
      }
    }
    expect(all.size).toBe(300);
  });
});

test('whatever is lost, refused or late, each is let go once, in order, and never before what was committed when it asked', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const prng = new Prng(seed, 'barrier');
    const asked: { token: number; index: number }[] = [];
    const needs = new Map<number, number>();
    const released: number[] = [];
    let commit = 0;
    let applied = 0;
    const run = new ReadBarrier(new NumberRange(seed, NUMBER_BOUNDS), (token) =>
      asked.push({ token, index: commit }),
    );
    let names = 0;
    const step = (chance: number): void => {
      if (chance < 0.25) {
        const name = ++names;
        needs.set(name, commit);
        run.wait({
          reached: () => {
            if (applied < needs.get(name)!) throw new Error(`seed ${seed}: ${name} was let go too early`);
            released.push(name);
          },
        });
      } else if (chance < 0.4) run.ask();
      else if (chance < 0.55) run.tick();
      else if (chance < 0.7) commit += prng.below(3);
      else if (chance < 0.8) applied = Math.min(commit, applied + prng.below(4));
      else if (chance < 0.85) asked.shift();
      else {
        // The answer names what was committed when the leader got the question, or later.
        const answer = asked.shift();
        if (answer !== undefined) {
          const index = prng.chance(0.2) ? -1 : answer.index + prng.below(commit - answer.index + 1);
          run.confirmed({ token: answer.token, index });
        }
      }
      run.release(applied);
    };
    for (let i = 0; i < 400; i++) step(prng.fraction());
    for (let i = 0; i < 400; i++) {
      run.ask();
      run.tick();
      for (const { token } of asked.splice(0)) run.confirmed({ token, index: commit });
      applied = commit;
      run.release(applied);
    }
    expect(released, `seed ${seed}`).toEqual(Array.from({ length: names }, (_, i) => i + 1));
  }
});
