import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, root, type Source, sourcesOf } from './sources.ts';

const folders = [
  'raft',
  'server',
  'crds',
  'operator',
  'charts',
  'tools',
  'testkit',
  'bench',
  'e2e',
  'dashboard',
  'scripts',
];
const maxLines = 400;
/** Files that are longer today, with their lines; the numbers may only fall. */
const longer: Readonly<Record<string, number>> = {};

const sources = folders.flatMap((folder) => sourcesOf(folder, ['.ts', '.js', '.py']));
const production = sources.filter(
  ({ path }) => /^(raft|server|crds|operator)\/src\//.test(path) || path.startsWith('dashboard/'),
);
const here = 'server/test/architecture/';

const rules: readonly {
  readonly name: string;
  readonly breaks: (source: Source) => boolean;
  readonly sample: Source;
}[] = [
  {
    name: 'files can be read at a sitting',
    breaks: (source) => linesOf(source) > (longer[source.path] ?? maxLines),
    sample: { path: 'a.ts', text: 'x;\n'.repeat(maxLines + 1) },
  },
  {
    name: 'types are not switched off',
    breaks: (source) =>
      /:\s*any\b|\bas any\b|<any>/.test(codeOf(source)) || /@ts-(ignore|nocheck)/.test(source.text),
    sample: { path: 'a.ts', text: 'const x: any = 1;\n' },
  },
  {
    name: 'nothing is promised for later',
    breaks: ({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text),
    sample: { path: 'a.ts', text: '// TO' + 'DO later\n' },
  },
  {
    name: 'no test is switched off or runs alone',
    breaks: (source) => /\b(?:test|it|describe)\.(?:only|skip|todo)\b/.test(codeOf(source)),
    sample: { path: 'a.test.ts', text: 'test.' + 'only(1);\n' },
  },
  {
    name: 'every error class sets its name',
    breaks: ({ text }) =>
      [...text.matchAll(/^(?:export )?class (\w+) extends \w*Error \{(?:\}|\n([^\n]*))/gm)].some(
        ([, name, first]) =>
          !first?.includes(`name = '${name}'`) && !first?.includes(`name: string = '${name}'`),
      ),
    sample: { path: 'a.ts', text: 'export class Lost extends Error {\n  readonly code = 1;\n}\n' },
  },
  {
    name: 'files are named for what they hold',
    breaks: ({ path }) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.)|-(new|old|v?\d)\.[a-z]+$/.test(path),
    sample: { path: 'server/src/utils.ts', text: '' },
  },
];

function linesOf({ text }: Source): number {
  return text.split('\n').length - 1;
}

/** Exceptions that no longer hold as they are written down: the file has become shorter, or is gone. */
function loose(exceptions: Readonly<Record<string, number>>): string[] {
  return Object.entries(exceptions)
    .filter(([path, lines]) => {
      const source = sources.find((candidate) => candidate.path === path);
      return source === undefined || linesOf(source) !== lines || lines <= maxLines;
    })
    .map(([path]) => path);
}

describe('tidiness', () => {
  test.each(rules)('$name', ({ breaks, sample }) => {
    expect(breaks(sample)).toBe(true);
    expect(
      sources.filter((source) => !source.path.startsWith(here) && breaks(source)).map(({ path }) => path),
    ).toEqual([]);
  });

  test('no exception is wider than it has to be', () => {
    expect(loose(longer)).toEqual([]);
    expect(loose({ 'server/src/gone.ts': 500, 'server/src/main.ts': 500 })).toHaveLength(2);
  });

  test('there is something to look at', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(production.length).toBeGreaterThan(150);
  });

  test('every relative link of the documents leads to a file', () => {
    const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
      .map((path) => ({
        path,
        text: sourcesOf('.', ['.md']).find((source) => source.path === path)?.text ?? '',
      }))
      .concat(
        sourcesOf('docs', ['.md']),
        sourcesOf('raft', ['.md']),
        sourcesOf('server', ['.md']),
        sourcesOf('crds', ['.md']),
        sourcesOf('cli', ['.md']),
        sourcesOf('charts', ['.md']),
      );
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1]!)
        .filter((target) => !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(documents.some(({ text }) => text.includes(']('))).toBe(true);
    expect(broken).toEqual([]);
  });
});
