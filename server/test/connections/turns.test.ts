import { describe, expect, test } from 'vitest';
import { ClientTurns, type Sender, type Waiter } from '../../src/connections/turns.ts';

const bounds = { turnBytes: 1_000, turnRequestBytes: 10, turnSends: 3 };

/** A connection that has requests whose answers take so many bytes each. */
class Asking implements Sender, Waiter {
  readonly name: string;
  readonly #turns: ClientTurns;
  readonly #answers: number[];
  readonly #order: string[];

  constructor(name: string, turns: ClientTurns, answers: number[], order: string[]) {
    this.name = name;
    this.#turns = turns;
    this.#answers = answers;
    this.#order = order;
  }

  flush(): void {
    this.#order.push(this.name);
  }

  reconsider(): boolean {
    while (this.#answers.length > 0) {
      if (this.#turns.isSpent) return false;
      this.#turns.spend(this.#answers.shift()!);
      this.#order.push(this.name);
    }
    return true;
  }
}

function listings(clients: number, each: number[]): { turns: ClientTurns; order: string[] } {
  const turns = new ClientTurns(bounds, () => {});
  const order: string[] = [];
  for (let i = 0; i < clients; i++) turns.wait(new Asking(`c${i}`, turns, [...each], order));
  return { turns, order };
}

describe('a turn', () => {
  test('answers one large request, however many clients ask for one at once, and all of them in the end', () => {
    const { turns, order } = listings(40, [5_000]);
    for (let turn = 1; turn <= 40; turn++) {
      turns.next();
      expect(order).toHaveLength(turn);
      expect(turns.isBusy).toBe(turn < 40);
    }
    expect(new Set(order).size).toBe(40);
  });

  test('answers as many small requests as fit into it: each counts, even one without an answer', () => {
    const { turns, order } = listings(1, new Array(250).fill(0));
    for (const answered of [100, 200, 250]) {
      turns.next();
      expect(order).toHaveLength(answered);
    }
    expect(turns.isBusy).toBe(false);
  });

  test('serves clients in their order, and who had a share stands behind those who had none', () => {
    const { turns, order } = listings(3, [400, 400, 400, 400]);
    for (let turn = 0; turn < 4; turn++) turns.next();
    expect(order.join(' ')).toBe('c0 c0 c0 c1 c1 c1 c2 c2 c2 c0 c1 c2');
  });

  test('passes by those who cannot go on for a reason of their own, and they keep their place', () => {
    const { turns, order } = listings(0, []);
    let isFull = true;
    turns.wait({ reconsider: () => !isFull && order.push('full') > 0 });
    turns.wait(new Asking('other', turns, [10], order));
    turns.next();
    expect(order).toEqual(['other']);
    expect(turns.isBusy).toBe(false);
    isFull = false;
    turns.next();
    expect(order).toEqual(['other', 'full']);
  });

  test('counts looks at nodes that no reply shows', () => {
    const { turns } = listings(0, []);
    turns.spendLooks(124);
    expect(turns.isSpent).toBe(false);
    turns.spendLooks(1);
    expect(turns.isSpent).toBe(true);
  });

  test('sends to so many connections and no more, and the next ones go on behind them', () => {
    const { turns, order } = listings(0, []);
    for (let i = 0; i < 7; i++) turns.send(new Asking(`c${i}`, turns, [], order));
    turns.flush();
    turns.flush();
    expect(order).toEqual(['c0', 'c1', 'c2']);
    expect(turns.isBusy).toBe(true);
    turns.next();
    turns.flush();
    turns.next();
    turns.flush();
    expect(order).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6']);
    expect(turns.isBusy).toBe(false);
  });
});
