import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

const programs = join(import.meta.dirname, '..', 'java');

/** Compiles the files of the folder `java/<name>`; returns what to give `java -cp`. @param classpath of what they use */
export function buildJavaProgram(name: string, classpath: string, log: (line: string) => void): string {
  const sources = join(programs, name);
  const files = readdirSync(sources).map((file) => join(sources, file));
  const folder = builtFolder('java-clients', [classpath, ...files.map((file) => readFileSync(file, 'utf8'))]);
  buildOnce(folder, (unfinished) => {
    log(`compiling the Java client ${name}`);
    execFileSync('javac', ['-d', unfinished, '-cp', classpath, ...files], {
      // It warns of annotations of the library that nobody needs to run it.
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BUILD_TIMEOUT_MS,
    });
  });
  return `${folder}${delimiter}${classpath}`;
}
