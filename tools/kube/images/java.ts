/** An image for a program of Java that runs in pods: what its jars need of this machine's Java, they, and nothing else. */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../commands.ts';
import { type BuiltImage, buildFromScratch } from './from-scratch.ts';
import { copyInto, librariesOf } from './programs.ts';

/** All of Java's standard; `jdk.` are what servers use beyond it. */
const MODULES =
  'java.se,jdk.crypto.ec,jdk.management,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs';
/** Of windows, sound and fonts: what these need is no concern of a server. */
const UNUSED_LIBRARY = /^lib(awt|fontmanager|freetype|javajpeg|jawt|jsound|lcms|mlib_image|splashscreen)/;

/** Where it is all found in the image. */
export const JAVA = '/java/bin/java';
export const PROGRAM_CLASSPATH = '/program/classes:/program/jars/*';

export interface JavaImage {
  readonly name: string;
  /** A folder of jars, whose path changes where they do. */
  readonly jars: string;
  /** The same of classes. */
  readonly classes: string;
}

/** Builds it, unless it was built of the same before. It runs Java; what that is given are the arguments of a container. */
export async function buildJavaImage({ name, jars, classes }: JavaImage): Promise<BuiltImage> {
  return buildFromScratch({
    name,
    ingredients: [`${jars} ${classes}`, await run(['java', '--version']), readFileSync(import.meta.filename)],
    settings: ['USER 65532:65532', `ENTRYPOINT ["${JAVA}"]`],
    async layOut(root) {
      await layOutJava(root);
      cpSync(jars, join(root, 'program', 'jars'), { recursive: true });
      cpSync(classes, join(root, 'program', 'classes'), { recursive: true });
    },
  });
}

async function layOutJava(root: string): Promise<void> {
  const java = join(root, dirname(dirname(JAVA)));
  const small = ['--strip-java-debug-attributes', '--no-header-files', '--no-man-pages', '--compress=1'];
  await run(['jlink', '--add-modules', MODULES, ...small, '--output', java]);
  const own = readdirSync(join(java, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.so'))
    .map((name) => join(java, 'lib', name));
  for (const file of own) if (UNUSED_LIBRARY.test(basename(file))) rmSync(file);
  const programs = [join(root, JAVA), ...own.filter((file) => !UNUSED_LIBRARY.test(basename(file)))];
  for (const library of await librariesOf(programs))
    if (!library.startsWith(root)) copyInto(root, library, library);
}
