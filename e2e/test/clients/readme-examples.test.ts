import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { examplesOf } from '../../clients/readme-examples.ts';

const fromRoot = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const readme = fromRoot('README.md');
const fence = '```';

describe('the examples of README.md', () => {
  test('are found, every one: each need has one in Python and one by zkCli', () => {
    const { python, typescript, dialogues } = examplesOf(readme);
    const titles = ['Data', 'Configuration that tells of its changes', 'Registry of services'];
    const needs = [...titles, 'Leader election', 'Lock'];
    expect(python.map(({ title }) => title)).toEqual(needs);
    expect(dialogues.map(({ title }) => title)).toEqual(needs);
    expect(typescript.map(({ title }) => title)).toEqual(['A service in TypeScript']);
    expect(readme.split(`\n${fence}python\n`)).toHaveLength(python.length + 1);
    expect(readme.split(`\n${fence}console\n`)).toHaveLength(dialogues.length + 1);
  });

  test('say what they print, and what each command is answered with', () => {
    const text = [
      '## Lock',
      `${fence}python`,
      'print(1)  # → 1',
      'work()    # takes a while',
      fence,
      `${fence}ts`,
      'console.log(2); // → 2',
      fence,
      `${fence}console`,
      'one> create /a b',
      'Created /a',
      'two> quit',
      fence,
    ].join('\n');
    expect(examplesOf(text)).toEqual({
      python: [{ title: 'Lock', text: 'print(1)  # → 1\nwork()    # takes a while\n', prints: ['1'] }],
      typescript: [{ title: 'Lock', text: 'console.log(2); // → 2\n', prints: ['2'] }],
      dialogues: [
        {
          title: 'Lock',
          commands: [
            { terminal: 'one', line: 'create /a b', answers: ['Created /a'] },
            { terminal: 'two', line: 'quit', answers: [] },
          ],
        },
      ],
    });
  });

  test('begin with a command', () => {
    expect(() => examplesOf(`## Lock\n${fence}console\nCreated /a\n${fence}`)).toThrow('answers no command');
  });
});

test('every make target that README.md names is one', () => {
  const targets = new Set([...fromRoot('Makefile').matchAll(/^([\w-]+):/gm)].map((match) => match[1]));
  const named = [...readme.matchAll(/(?:^|`)make ([\w-]+)/gm)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !targets.has(name))).toEqual([]);
});
