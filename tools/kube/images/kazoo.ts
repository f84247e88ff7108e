/** An image for clients that run in pods: this machine's Python and kazoo where they lie here, and nothing else. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../commands.ts';
import { type BuiltImage, buildFromScratch } from './from-scratch.ts';
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

/**
 * Builds it, unless it was built of the same before.
 * @param python one that has kazoo
 * @param programs the folder of the clients themselves, run in the image as `python3 /clients/NAME`
 */
export async function buildKazooImage(python: string, programs: string): Promise<BuiltImage> {
  const files = readdirSync(programs)
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(programs, name));
  const places = JSON.parse(await run([python, '-c', ASK_PYTHON])) as PythonPlaces;
  return buildFromScratch({
    name: 'kazoo',
    ingredients: [
      JSON.stringify(places),
      ...[import.meta.filename, ...files].map((file) => readFileSync(file)),
    ],
    settings: [
      `ENV PATH=${dirname(places.executable)} PYTHONPATH=${CLIENT_FOLDER} PYTHONDONTWRITEBYTECODE=1`,
      'USER 65532:65532',
      'ENTRYPOINT ["python3"]',
    ],
    layOut: (root) => layOut(root, places, files),
  });
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
