import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';

const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** For every system there is, and larger than all else: nothing here speaks TLS. */
const LEFT_OUT = 'netty-tcnative-boringssl-static';
const TIMEOUT_MS = 10 * 60_000;

const pom = join(import.meta.dirname, 'pom.xml');
const adapter = join(import.meta.dirname, 'java/org/apache/curator/test/ZooKeeperServerEmbeddedAdapter.java');

/** What is missing on this machine to run the suites, in one line; undefined when nothing is. */
export function missingForCurator(): string | undefined {
  if (!runsHere('javac', '-version')) return 'javac is not installed: a JDK has it';
  return existsSync(jarsFolder()) || runsHere('mvn', '--version') ? undefined : 'mvn is not installed';
}

/** Where Curator's jars are. They are fetched by Maven unless the cache has them. */
export function installJars(log: (line: string) => void): string {
  const folder = jarsFolder();
  buildOnce(folder, (unfinished) => {
    log('fetching Curator and its test suites by Maven');
    const quietly = ['-q', '-B', '-Dstyle.color=never'];
    const where = [`-DoutputDirectory=${unfinished}`, `-DexcludeArtifactIds=${LEFT_OUT}`];
    run('mvn', [...quietly, '-f', pom, COPY_GOAL, ...where]);
  });
  return folder;
}

/** For `java -cp`: the class that starts members in front of Curator's own of that name. */
export function classpathOf(jars: string): string {
  const everyJar = join(jars, '*');
  const folder = builtFolder('curator-adapter', [jars, readFileSync(adapter, 'utf8')]);
  buildOnce(folder, (unfinished) => run('javac', ['-d', unfinished, '-cp', everyJar, adapter]));
  return `${folder}${delimiter}${everyJar}`;
}

function jarsFolder(): string {
  return builtFolder('curator', [readFileSync(pom, 'utf8'), LEFT_OUT]);
}

/** Its output is shown where it fails. */
function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT_MS });
}
