import { expect, test } from 'vitest';
import { choose, onlyOption } from '../../src/scenarios/choose.ts';
import { Complaint } from '../../src/scenarios/complaint.ts';

const all = [
  { name: 'tree/create', proves: 'nodes are created' },
  { name: 'tree/delete', proves: 'nodes are deleted' },
  { name: 'session/move' },
] as const;

function chosen(only?: string): string[] | undefined {
  return choose(all, { only }, '', () => {})?.map(({ name }) => name);
}

test('all scenarios are chosen where no names are given', () => {
  expect(chosen()).toEqual(['tree/create', 'tree/delete', 'session/move']);
});

test('scenarios are chosen by beginnings of their names, each once and in their own order', () => {
  expect(chosen('session/,tree/c')).toEqual(['tree/create', 'session/move']);
  expect(chosen('tree/,tree/create')).toEqual(['tree/create', 'tree/delete']);
});

test('a scenario is named so that it is chosen again, whatever commas its name has', () => {
  const sentence = { name: "tree/the owner's, once" };
  expect(onlyOption(sentence)).toBe('--only "tree/the owner\'s"');
  expect(choose([...all, sentence], { only: "tree/the owner's" }, '', () => {})).toEqual([sentence]);
});

test('nothing chosen is an error', () => {
  expect(() => chosen('create')).toThrow(new Complaint('no scenario begins with create'));
});

test('a beginning that no name has is an error even where the others choose something', () => {
  expect(() => chosen('tree/,quota/')).toThrow(new Complaint('no scenario begins with quota/'));
});

test('the list names every scenario, whatever is chosen, and what it proves, and nothing is to be run', () => {
  const lines: string[] = [];
  expect(choose(all, { list: true, only: 'tree/' }, 'usage', (line) => lines.push(line))).toBeUndefined();
  expect(lines).toEqual([
    'tree/create          nodes are created',
    'tree/delete          nodes are deleted',
    'session/move',
  ]);
});

test('the help is printed, and nothing is to be run', () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  expect(choose(all, { help: true, only: 'nobody' }, 'usage\n\n  --only\n', print)).toBeUndefined();
  expect(lines).toEqual(['usage\n\n  --only']);
});
