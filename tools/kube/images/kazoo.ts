/** An image for clients that run in pods: this machine's Python and kazoo where they lie here, and nothing else. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../commands.ts';
import { cacheFolder } from '../folders.ts';
import { findBuilder } from './builder.ts';
import { archiveOf } from './list.ts';
import { copyInto, librariesOf } from './programs.ts';

/** Of the standard library, what no client needs; half of its bytes. */
const LEFT_OUT =
  /^(test|tests|idlelib|tkinter|turtledemo|ensurepip|lib2to3|config-.*|site-packages|__pycache__)$/;
/** Modules that draw windows need libraries that are no concern of a server. */
const UNUSED_MODULE = /^_tkinter\b/;

/** Where the client's own files are in the image, and in a pod. */
export const CLIENT_FOLDER = '/clients';

interface PythonPlaces {
  readonly executable: string;
  readonly standardLibrary: string;
  readonly kazoo: string;
}

const ASK_PYTHON = `import json, os, sys, sysconfig, kazoo
print(json.dumps({'executable': os.path.realpath(sys.executable), 'standardLibrary': sysconfig.get_path('stdlib'),
  'kazoo': os.path.dirname(kazoo.__file__)}))`;

export interface KazooImage {
  readonly reference: string;
  readonly archive: string;
}

/**
 * Builds it, unless it was built of the same before.
 * @param python one that has kazoo
 * @param programs the folder of the clients themselves, run in the image as `python3 /clients/NAME`
 */
export async function buildKazooImage(python: string, programs: string): Promise<KazooImage> {
  const files = readdirSync(programs)
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(programs, name));
  const builder = await findBuilder();
  const places = JSON.parse(await run([python, '-c', ASK_PYTHON])) as PythonPlaces;
  const recipe = createHash('sha256').update(JSON.stringify(places));
  for (const file of [import.meta.filename, ...files]) recipe.update(readFileSync(file));
  const reference = `rookery.dev/kazoo:${recipe.digest('hex').slice(0, 12)}`;
  const archive = archiveOf('kazoo');
  mkdirSync(dirname(archive), { recursive: true });
  if (!(await builder.has(reference))) {
    mkdirSync(cacheFolder, { recursive: true });
    const context = mkdtempSync(join(cacheFolder, 'kazoo-'));
    try {
      await layOut(join(context, 'root'), places, files);
      const dockerfile = join(context, 'Dockerfile');
      writeFileSync(
        dockerfile,
        `FROM scratch
COPY root /
ENV PATH=${dirname(places.executable)} PYTHONPATH=${CLIENT_FOLDER} PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
ENTRYPOINT ["python3"]
`,
      );
      await builder.build({ reference, dockerfile, context });
    } finally {
      rmSync(context, { recursive: true, force: true });
    }
  }
  await builder.save(reference, archive);
  return { reference, archive };
}

async function layOut(
  root: string,
  { executable, standardLibrary, kazoo }: PythonPlaces,
  programs: readonly string[],
) {
  copyInto(root, executable, join(dirname(executable), 'python3'));
  cpSync(standardLibrary, join(root, standardLibrary), {
    recursive: true,
    dereference: true,
    filter: (path) => !LEFT_OUT.test(basename(path)) && !UNUSED_MODULE.test(basename(path)),
  });
  const modules = join(root, standardLibrary, 'lib-dynload');
  const compiled = readdirSync(modules).map((name) => join(modules, name));
  for (const library of await librariesOf([executable, ...compiled])) copyInto(root, library, library);
  cpSync(kazoo, join(root, CLIENT_FOLDER, 'kazoo'), { recursive: true });
  for (const program of programs) copyInto(root, program, join(CLIENT_FOLDER, basename(program)));
}
