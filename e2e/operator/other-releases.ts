import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLED } from '../../scripts/bundle.ts';
import { repository } from '../../tools/kube/folders.ts';
import { archiveOf, reference } from '../../tools/kube/images/list.ts';
import { imageVariant } from '../../tools/kube/images/variant.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { Cluster } from './cluster.ts';

const SERVER = 'rookery-server';
const BUNDLE = 'rookery/server/dist/bin/rookery-server.mjs';

/** The server of this working copy once more, under the tag of another version. */
export const NEXT_VERSION = `${packageJson.version}-next`;
/** One with a defect: of each write that names the mark it makes another tree. */
export const PLANTED_VERSION = `${packageJson.version}-planted`;
/** The release that will follow this one, as ensembles of both are concerned: it runs another feature level. */
export const NEXT_LEVEL_VERSION = `${packageJson.version}-next-level`;
/** As `server/sim/planted-build.ts` has it. */
export const PLANTED_MARK = 'planted-divergence';

/** Gives every node their images. */
export async function loadOtherReleases(cluster: Cluster): Promise<void> {
  const planted = { [BUNDLE]: await bundled('server/sim/planted-member.ts') };
  const nextLevel = { [BUNDLE]: await bundled('server/sim/next-member.ts') };
  for (const [version, files] of [
    [NEXT_VERSION, {}],
    [PLANTED_VERSION, planted],
    [NEXT_LEVEL_VERSION, nextLevel],
  ] as const) {
    const archive = archiveOf(`${SERVER}-${version}`);
    await imageVariant(archiveOf(SERVER), archive, referenceOf(version), files);
    await cluster.provider.loadImage(archive);
  }
}

function referenceOf(version: string): string {
  return `${reference(SERVER).split(':').slice(0, -1).join(':')}:${version}`;
}

async function bundled(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({ ...BUNDLED, entryPoints: [entry] });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`nothing came of ${join(repository, entry)}`);
  return output.contents;
}
