/** The images that `make images` builds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../folders.ts';

export interface Image {
  /** Without registry and tag. */
  readonly name: string;
  /** Relative to the repository, as are the bundles. */
  readonly dockerfile: string;
  readonly bundles: readonly string[];
}

export const images: readonly Image[] = [
  {
    name: 'rookery-server',
    dockerfile: 'server/Dockerfile',
    bundles: ['server/dist/bin/rookery-server.mjs', 'cli/dist/bin/rookery.mjs'],
  },
  {
    name: 'rookery-operator',
    dockerfile: 'operator/Dockerfile',
    bundles: ['operator/dist/bin/rookery-operator.mjs'],
  },
];

/** The place of a registry in the names: nothing is ever pulled from it. */
const PREFIX = 'rookery.dev';

/** The tag is the server's version. */
export function reference(name: string): string {
  const packageFile = join(repository, 'server', 'package.json');
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return `${PREFIX}/${name}:${version}`;
}

/** The archive of an image that was built, as `docker save` writes it. */
export function archiveOf(name: string): string {
  return join(repository, '.rookery', 'images', `${name}.tar`);
}
