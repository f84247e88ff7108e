/** Packs the compiled package: `node raft/scripts/pack.ts FOLDER` leaves raft-ts-lite-VERSION.tgz there. */
import { join } from 'node:path';
import { compiled, packed } from '../../scripts/npm-package.ts';

/** Returns the path of the tarball. */
export function pack(destination: string): Promise<string> {
  return packed('raft', destination, (stage, own) => {
    compiled('raft', join(stage, 'dist'));
    return {
      ...own,
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
      files: ['dist'],
      engines: { node: '>=20' },
    };
  });
}

if (import.meta.main) process.stdout.write(`${await pack(process.argv[2] ?? '.')}\n`);
