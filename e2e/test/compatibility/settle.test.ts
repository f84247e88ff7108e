import { expect, test } from 'vitest';
import { compare } from '../../compatibility/compare.ts';
import type { NormalEntry } from '../../compatibility/normalise.ts';
import { type Play, settle } from '../../compatibility/settle.ts';
import { agrees, judge } from '../../compatibility/verdict.ts';

function told(value: string): NormalEntry[] {
  const fields = [{ name: 'data', value }];
  return [{ label: 'ann #1 getData /a', kind: 'reply', bytes: Buffer.from(value), fields }];
}

/** Plays these, of ZooKeeper and of Rookery, one after the other. */
async function settleOf(plays: readonly (readonly [theirs: string, ours: string])[]) {
  let played = 0;
  const settled = await settle(
    async () => {
      const [theirs, ours] = plays[played++]!;
      return { theirs: told(theirs), ours: told(ours) };
    },
    ({ theirs, ours }: Play) => judge('a/b', compare('', theirs, ours), []),
    async () => played < plays.length,
  );
  expect(settled.plays).toBe(played);
  return { ...settled, agrees: agrees(settled.verdict) };
}

test('sides that agree are played once', async () => {
  expect(
    await settleOf([
      ['one', 'one'],
      ['two', 'one'],
    ]),
  ).toMatchObject({ plays: 1, agrees: true });
});

test('what ZooKeeper tells in two ways is settled by the one that Rookery tells', async () => {
  const settled = await settleOf([
    ['lost', 'one'],
    ['one', 'one'],
    ['lost', 'one'],
  ]);
  expect(settled).toMatchObject({ plays: 2, agrees: true, inconstant: [] });
});

test('a difference that stays is one', async () => {
  const settled = await settleOf([
    ['one', 'two'],
    ['one', 'two'],
    ['one', 'two'],
  ]);
  expect(settled).toMatchObject({ plays: 3, agrees: false, inconstant: [] });
});

test('what Rookery tells in two ways is found, even where ZooKeeper agrees with one of them', async () => {
  const settled = await settleOf([
    ['one', 'two'],
    ['one', 'one'],
    ['one', 'one'],
  ]);
  expect(settled.plays).toBe(2);
  expect(settled.inconstant).toMatchObject([{ field: 'data', zookeeper: 'two', rookery: 'one' }]);
});
