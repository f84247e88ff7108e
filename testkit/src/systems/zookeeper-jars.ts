import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, builtFolder } from '../built-folder.ts';
import { runsHere } from '../runs-here.ts';

export const ZOOKEEPER_VERSION = '3.9.5';

const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const MINUTES_MS = 60_000;

const sources = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'zookeeper');

export interface ZookeeperInstallation {
  /** For `java -cp`: the logging configuration and every jar. */
  readonly classpath: string;
}

/** What is missing on this machine to run Apache ZooKeeper, in one line; undefined when nothing is. */
export function missingForZookeeper(): string | undefined {
  if (!runsHere('java', '-version')) return 'java is not installed';
  if (!existsSync(installationFolder()) && !runsHere('mvn', '--version')) return 'mvn is not installed';
  return undefined;
}

/** Fetches the jars by Maven unless the cache has them. */
export function installZookeeper(log: (line: string) => void): ZookeeperInstallation {
  const folder = installationFolder();
  buildOnce(folder, (unfinished) => {
    log(`fetching Apache ZooKeeper ${ZOOKEEPER_VERSION} by Maven`);
    const quietly = ['-q', '-B', '-Dstyle.color=never'];
    const args = [...quietly, '-f', join(sources, 'pom.xml'), COPY_GOAL, `-DoutputDirectory=${unfinished}`];
    execFileSync('mvn', args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 10 * MINUTES_MS });
    copyFileSync(join(sources, 'logback.xml'), join(unfinished, 'logback.xml'));
  });
  return { classpath: `${folder}:${folder}/*` };
}

function installationFolder(): string {
  const madeFrom = ['pom.xml', 'logback.xml'].map((name) => readFileSync(join(sources, name), 'utf8'));
  return builtFolder(`zookeeper-${ZOOKEEPER_VERSION}`, madeFrom);
}
