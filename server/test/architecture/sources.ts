import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..', '..');

export interface Source {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** All files below `folder` with one of these endings, node_modules and what is built excepted. */
export function sourcesOf(folder: string, endings: readonly string[] = ['.ts']): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)(node_modules|dist|\.rookery)\//.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** What a source imports or re-exports, types included. */
export function importsOf(source: Source): string[] {
  const names = String.raw`(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?`;
  const statement = new RegExp(String.raw`^(?:import|export)\s+(?:${names}\s*from\s*)?'([^'\n]+)'`, 'gm');
  const statements = source.text.matchAll(statement);
  return [...statements].map((match) => match[1]!);
}

/** Code without comments and without the inside of texts. */
export function codeOf(source: Source): string {
  return source.text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/(^|[^:])\/\/.*$/gm, '$1');
}
