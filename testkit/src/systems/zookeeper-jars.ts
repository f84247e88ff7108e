import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cache.ts';
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

/**
 * Fetches the jars by Maven unless the cache has them. The folder is filled under another name and renamed, and its
 * name carries a hash of what it was made from: a half-filled or outdated one is never used.
 */
export function installZookeeper(log: (line: string) => void): ZookeeperInstallation {
  const folder = installationFolder();
  if (!existsSync(folder)) {
    log(`fetching Apache ZooKeeper ${ZOOKEEPER_VERSION} by Maven`);
    mkdirSync(dirname(folder), { recursive: true });
    const unfinished = mkdtempSync(`${folder}.unfinished-`);
    try {
      const quietly = ['-q', '-B', '-Dstyle.color=never'];
      const args = [...quietly, '-f', join(sources, 'pom.xml'), COPY_GOAL, `-DoutputDirectory=${unfinished}`];
      execFileSync('mvn', args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 10 * MINUTES_MS });
      copyFileSync(join(sources, 'logback.xml'), join(unfinished, 'logback.xml'));
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      // Another process may have finished first: a rename onto its folder fails, and its folder is as good.
      if (!existsSync(folder)) throw error;
    }
  }
  return { classpath: `${folder}:${folder}/*` };
}

function installationFolder(): string {
  const hash = createHash('sha256');
  for (const name of ['pom.xml', 'logback.xml']) hash.update(readFileSync(join(sources, name)));
  return cacheFolder(`zookeeper-${ZOOKEEPER_VERSION}`, hash.digest('hex').slice(0, 12));
}
