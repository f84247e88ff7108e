/** Images of programs of this machine for pods of the tests: laid out file by file, and nothing is fetched. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../commands.ts';
import { cacheFolder } from '../folders.ts';
import { findBuilder } from './builder.ts';
import { archiveOf } from './list.ts';

export interface ImageFromScratch {
  readonly name: string;
  /** All that it is made of, or what tells that it has changed. */
  readonly ingredients: readonly (string | Buffer)[];
  /** The lines of the Dockerfile behind those that copy the files. */
  readonly settings: readonly string[];
  /** Lays the files into what becomes the root folder. */
  layOut(root: string): Promise<void>;
}

export interface BuiltImage {
  readonly reference: string;
  readonly archive: string;
}

/** Builds it, unless it was built of the same before. */
export async function buildFromScratch({
  name,
  ingredients,
  settings,
  layOut,
}: ImageFromScratch): Promise<BuiltImage> {
  const builder = await findBuilder();
  const recipe = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const ingredient of ingredients) recipe.update(ingredient);
  const reference = `rookery.dev/${name}:${recipe.digest('hex').slice(0, 12)}`;
  const archive = archiveOf(name);
  mkdirSync(dirname(archive), { recursive: true });
  if (!(await builder.has(reference))) {
    mkdirSync(cacheFolder, { recursive: true });
    const context = mkdtempSync(join(cacheFolder, `${name}-`));
    try {
      const root = join(context, 'root');
      mkdirSync(root);
      await layOut(root);
      // Folders of the cache are this user's alone.
      await run(['chmod', '-R', 'a+rX', root]);
      const dockerfile = join(context, 'Dockerfile');
      writeFileSync(dockerfile, `${['FROM scratch', 'COPY root /', ...settings].join('\n')}\n`);
      await builder.build({ reference, dockerfile, context });
    } finally {
      rmSync(context, { recursive: true, force: true });
    }
  }
  await builder.save(reference, archive);
  return { reference, archive };
}
