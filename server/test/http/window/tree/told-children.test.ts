import { emptyStat, type PagedChild } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { ToldChildren } from '../../../../src/http/window/tree/told-children.ts';

const child = (name: string, czxid: number): PagedChild => ({ name, stat: { ...emptyStat(), czxid } });
const names = (children: readonly PagedChild[] | undefined) => children?.map(({ name }) => name);

test('a list that is begun again has what was made since, and not what was told', () => {
  const told = new ToldChildren();
  expect(names(told.take([child('a', 1), child('b', 5)]))).toEqual(['a', 'b']);
  expect(names(told.take([child('c', 7)]))).toEqual(['c']);
  expect(told.beginAgain()).toBe(true);
  // b went and came back.
  expect(names(told.take([child('a', 1), child('c', 7), child('d', 8)]))).toEqual(['d']);
  expect(names(told.take([child('b', 9)]))).toEqual(['b']);
});

test('of what one transaction has made the rest is told', () => {
  const told = new ToldChildren();
  told.take([child('a', 1), child('b', 4), child('c', 4)]);
  told.beginAgain();
  expect(names(told.take([child('b', 4), child('c', 4), child('d', 4), child('e', 4)]))).toEqual(['d', 'e']);
});

test('nobody can tell where the order is another one, a child shows no czxid, or a transaction made too many', () => {
  const many = Array.from({ length: 2_001 }, (_, at) => child(`${at}`, 3));
  for (const page of [[child('a', 5), child('b', 2)], [{ name: 'a', stat: undefined }], many]) {
    const told = new ToldChildren();
    expect(told.take(page)).toHaveLength(page.length);
    expect(told.beginAgain()).toBe(false);
  }
  const told = new ToldChildren();
  told.take([child('a', 1)]);
  expect(told.beginAgain()).toBe(true);
  expect(told.take([child('b', 9), child('c', 2)])).toBeUndefined();
});

test('a list is begun again eight times', () => {
  const told = new ToldChildren();
  expect(Array.from({ length: 9 }, () => told.beginAgain())).toEqual([...Array(8).fill(true), false]);
});
