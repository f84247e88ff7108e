import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { buildOnce, builtFolder } from '../built-folder.ts';
import { runsHere } from '../runs-here.ts';

const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const TIMEOUT_MS = 15 * 60_000;

export interface MavenJars {
  /** The file whose dependencies they are, in the scopes compile and run time. */
  readonly pom: string;
  /** Artifact ids that nobody needs here. */
  readonly leftOut?: readonly string[];
}

/** What is missing on this machine to have them, in one line; undefined when nothing is. */
export function missingForMaven(jars: MavenJars): string | undefined {
  return existsSync(folderOf(jars)) || runsHere('mvn', '--version') ? undefined : 'mvn is not installed';
}

/** The folder of the jars. They are fetched by Maven unless the cache has them. */
export function mavenJars(jars: MavenJars, log: (line: string) => void): string {
  const folder = folderOf(jars);
  buildOnce(folder, (unfinished) => {
    log(`fetching the jars of ${nameOf(jars)} by Maven`);
    const where = [`-DoutputDirectory=${unfinished}`, '-DincludeScope=runtime'];
    if (jars.leftOut !== undefined) where.push(`-DexcludeArtifactIds=${jars.leftOut.join(',')}`);
    const args = ['-q', '-B', '-Dstyle.color=never', '-f', jars.pom, COPY_GOAL, ...where];
    run(args);
  });
  return folder;
}

/** Maven complains on its standard output, which no error of Node's own shows. */
function run(args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync('mvn', args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (status !== 0)
    throw new Error(`mvn ${args.join(' ')} failed: ${error?.message ?? status}\n${stdout}${stderr}`);
}

function folderOf(jars: MavenJars): string {
  return builtFolder(nameOf(jars), [readFileSync(jars.pom, 'utf8'), ...(jars.leftOut ?? [])]);
}

/** Of the folder that the pom lies in. */
function nameOf({ pom }: MavenJars): string {
  return basename(dirname(pom));
}
