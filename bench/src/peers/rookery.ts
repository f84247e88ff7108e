import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MemberCommand, MemberFiles, Peer } from './peer.ts';

const launcher = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules/.bin/rookery-server');

/** This repository's server, started as its users start it. */
export const rookery: Peer = {
  name: 'rookery',
  title: 'Rookery',
  missing: () => (existsSync(launcher) ? undefined : 'rookery-server is not installed: run npm ci'),
  prepare: () => undefined,
  configLines: (adminPort) => [`admin.serverPort=${adminPort}`],
  memberCommand: ({ config, profileFolder }: MemberFiles): MemberCommand => {
    const env: Record<string, string> = {};
    if (profileFolder !== undefined) env.ROOKERY_NODE_FLAGS = `--cpu-prof --cpu-prof-dir=${profileFolder}`;
    return { command: launcher, args: [config], env };
  },
};
