import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, importsOf, type Source, sourcesOf } from './sources.ts';

/** What each folder of the window may import besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  shell: [],
  ensemble: ['shell'],
  sessions: ['shell'],
  znode: ['shell'],
  change: ['shell', 'znode'],
  node: ['shell', 'znode', 'change'],
  tree: ['shell', 'znode', 'node'],
  watch: ['shell', 'znode'],
};

/** By which a text could become more than a text. */
const unsafe =
  /\b(?:innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|DOMParser|srcdoc|eval|Function\s*\()|document\.write/g;

const sources = sourcesOf('dashboard', ['.js']).filter(({ path }) => !path.startsWith('dashboard/test/'));

function wrongImports(source: Source): readonly string[] {
  const [, folder = '', file] = source.path.split('/');
  // What begins it all.
  if (file === undefined) return [];
  return importsOf(source)
    .map((target) => (target.startsWith('.') ? posix.join(posix.dirname(source.path), target) : target))
    .filter((target) => {
      const [root, other = ''] = target.split('/');
      return root !== 'dashboard' || (other !== folder && !(allowed[folder] ?? []).includes(other));
    })
    .map((target) => `${source.path} → ${target}`);
}

function unsafeWords(source: Source): readonly string[] {
  return (codeOf(source).match(unsafe) ?? []).map((word) => `${source.path}: ${word}`);
}

describe('the window', () => {
  test('is modules of its own: no package, and its shell knows no view', () => {
    expect(sources.length).toBeGreaterThan(25);
    expect(sources.flatMap(wrongImports)).toEqual([]);
  });

  test('inserts text as text alone', () => {
    expect(sources.flatMap(unsafeWords)).toEqual([]);
  });

  test('what is against either of these is noticed', () => {
    const path = 'dashboard/shell/a.js';
    const text =
      "import { a } from '../ensemble/a.js';\nimport 'left-pad';\nelement.innerHTML = text;\nnew Function (text);\n";
    expect(wrongImports({ path, text })).toEqual([
      'dashboard/shell/a.js → dashboard/ensemble/a.js',
      'dashboard/shell/a.js → left-pad',
    ]);
    expect(unsafeWords({ path, text })).toHaveLength(2);
  });
});
