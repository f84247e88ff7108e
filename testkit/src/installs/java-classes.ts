import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildOnce, builtFolder } from '../built-folder.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/** Compiles the files of the folders `sources`, of any package. Returns what to give `java -cp`: them in front of `classpath`, which is of what they use. */
export function javaClasses(
  sources: readonly string[],
  classpath: string,
  log: (line: string) => void,
): string {
  const files = sources
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.java'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const folder = builtFolder('java-classes', [classpath, ...files.map((file) => readFileSync(file, 'utf8'))]);
  buildOnce(folder, (unfinished) => {
    log(`compiling ${files.length} files of Java`);
    execFileSync('javac', ['-d', unfinished, '-cp', classpath, ...files], {
      // It warns of annotations of the library that nobody needs to run it.
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BUILD_TIMEOUT_MS,
    });
  });
  return `${folder}${delimiter}${classpath}`;
}
