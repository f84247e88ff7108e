import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, sourcesOf } from './sources.ts';

const documents = sourcesOf('docs', ['.md']);
const textOf = (file: string): string => documents.find(({ path }) => path === `docs/${file}`)!.text;
const document = textOf('guarantees.md');
const UNPROMISED = ['Not promised', 'Different from Apache ZooKeeper 3.9.5'];

interface Faults {
  /** Rows of a table of promises that name no test. */
  readonly unproven: string[];
  /** Names that stand nowhere below, and those below that nobody uses. */
  readonly undefinedNames: string[];
  readonly unused: string[];
  /** What is named and is no file of the tests. */
  readonly missing: string[];
}

function faultsOf(text: string): Faults {
  const files = new Map([...text.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map((match) => [match[1]!, match[2]!]));
  const body = text.replace(/^\[[^\]]+\]: .*$/gm, '').replace(/`[^`]*`|\[[^\]]+\]\([^)]*\)/g, '');
  const names = new Set([...body.matchAll(/\[([^\]]+)\]/g)].map((match) => match[1]!));
  const promises = body
    .split(/^## /m)
    .slice(1)
    .filter((section) => !UNPROMISED.some((title) => section.startsWith(title)));
  return {
    unproven: promises
      .flatMap((section) => [...section.matchAll(/^\| (.*) \|$/gm)].slice(1).map((match) => match[1]!))
      .filter((row) => !/\[[^\]]+\]/.test(row.split(' | ').at(-1)!)),
    undefinedNames: [...names].filter((name) => !files.has(name)),
    unused: [...files.keys()].filter((name) => !names.has(name)),
    missing: [...files.values()].filter(
      (file) => !/^\.\.\/(\w+\/test|e2e)\//.test(file) || !existsSync(join(root, 'docs', file)),
    ),
  };
}

test('docs/security.md names tests that exist for what stands against a threat', () => {
  expect(faultsOf(textOf('security.md'))).toMatchObject({ undefinedNames: [], unused: [], missing: [] });
});

describe('docs/guarantees.md', () => {
  test('names tests that exist for each promise', () => {
    expect(faultsOf(document)).toEqual({ unproven: [], undefinedNames: [], unused: [], missing: [] });
    expect([...document.matchAll(/^\| .* \| .*\[.*\|$/gm)].length).toBeGreaterThan(30);
  });

  test('would be noticed where it did not', () => {
    const text = [
      '## Sessions',
      '| promise | shown by |',
      '|---|---|',
      '| all is well | trust us |',
      '| nothing is lost | [nobody] |',
      '',
      '[gone]: ../server/test/gone.test.ts',
    ].join('\n');
    expect(faultsOf(text)).toEqual({
      unproven: ['all is well | trust us'],
      undefinedNames: ['nobody'],
      unused: ['gone'],
      missing: ['../server/test/gone.test.ts'],
    });
  });
});
