/** The last release, as its users have it: charts and images of the commit that the release script made. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../tools/kube/commands.ts';
import { cacheFolder, repository } from '../../tools/kube/folders.ts';
import { images } from '../../tools/kube/images/list.ts';
import type { Log } from '../../tools/kube/provider.ts';

export interface Released {
  readonly version: string;
  /** Of its operator's chart. */
  readonly chart: string;
  /** As `docker save` writes them: its server and its operator. */
  readonly archives: readonly string[];
}

const SUBJECT = /^([0-9a-f]{40}) Release (\d+\.\d+\.\d+)$/m;

/**
 * Built once, in the cache folder, by its own scripts.
 * @throws Error where the history holds no release: a clone without it, say
 */
export async function lastRelease(log: Log): Promise<Released> {
  const history = await run(['git', '-C', repository, 'log', '--format=%H %s', '--grep=^Release [0-9]']);
  const [, commit, version] = SUBJECT.exec(history) ?? [];
  if (commit === undefined || version === undefined)
    throw new Error('the history of this clone has no commit "Release x.y.z": fetch all of it');
  const folder = join(cacheFolder, `release-${version}-${commit.slice(0, 12)}`);
  if (!existsSync(join(folder, COMPLETE))) {
    log(`building the release ${version} (once)`);
    rmSync(folder, { recursive: true, force: true });
    await run(['git', 'clone', '--quiet', '--no-checkout', repository, folder]);
    await run(['git', '-C', folder, 'checkout', '--quiet', commit]);
    const inside = { cwd: folder };
    await run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], inside);
    await run(['npm', 'run', '--silent', 'build'], inside);
    await run(['npx', 'node', 'tools/kube/images/main.ts'], inside);
    writeFileSync(join(folder, COMPLETE), '');
  }
  return {
    version,
    chart: join(folder, 'charts', 'rookery'),
    archives: images.map(({ name }) => join(folder, '.rookery', 'images', `${name}.tar`)),
  };
}

const COMPLETE = 'complete';
