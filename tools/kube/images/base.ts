/**
 * The base image where there is no registry: the Node that npm installed, the libraries that it needs, and nothing else. Laid out as
 * the public distroless one, with Node at /nodejs/bin/node.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../commands.ts';
import { cacheFolder, repository } from '../folders.ts';
import type { Builder } from './builder.ts';
import { copyInto, librariesOf, packagesOf } from './programs.ts';

const settings: Readonly<Record<string, string>> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnonroot:x:65532:\n',
  'etc/nsswitch.conf': 'hosts: files dns\n',
};

/** Builds it, unless it was built of the same before, and returns its name. */
export async function buildBase(builder: Builder): Promise<string> {
  const node = join(repository, 'node_modules', 'node', 'bin', 'node');
  const version = (await run([node, '--version'])).trim();
  const recipe = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 8);
  const reference = `rookery.dev/base:node-${version}-${recipe}`;
  if (await builder.has(reference)) return reference;
  mkdirSync(cacheFolder, { recursive: true });
  const context = mkdtempSync(join(cacheFolder, 'base-'));
  try {
    const root = join(context, 'root');
    copyInto(root, node, '/nodejs/bin/node');
    const libraries = await librariesOf([node]);
    for (const library of libraries) copyInto(root, library, library);
    copyInto(root, licenceOfNode(), '/licenses/node/LICENSE');
    for (const name of await packagesOf(libraries))
      copyInto(root, `/usr/share/doc/${name}/copyright`, `/licenses/${name}/copyright`);
    for (const [file, text] of Object.entries(settings)) writeInto(root, file, text);
    const dockerfile = join(context, 'Dockerfile');
    writeFileSync(
      dockerfile,
      'FROM scratch\nCOPY root /\nUSER 65532:65532\nENTRYPOINT ["/nodejs/bin/node"]\n',
    );
    await builder.build({ reference, dockerfile, context });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return reference;
}

/** It lies in the package for this kind of machine, from which npm took the program. */
function licenceOfNode(): string {
  const packages = join(repository, 'node_modules', 'node', 'node_modules');
  const name = readdirSync(packages).find((each) => existsSync(join(packages, each, 'LICENSE')));
  if (name === undefined) throw new Error(`${packages}: none of the packages there has Node's LICENSE`);
  return join(packages, name, 'LICENSE');
}

function writeInto(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
