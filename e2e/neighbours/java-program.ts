import { join } from 'node:path';
import { javaClasses } from '../../testkit/src/installs/java-classes.ts';
import { mavenJars } from '../../testkit/src/installs/maven-jars.ts';

/** What every load is made of. */
const ourJava = join(import.meta.dirname, 'java');

interface JavaProgram {
  /** The folder of its jars. */
  readonly jars: string;
  /** For `java -cp`: the classes of its `java/` and what loads share, in front of the jars. */
  readonly classpath: string;
}

/** Fetches what the `pom.xml` of a program's folder names, and compiles its `java/`. @param leftOut artifacts that nobody needs here */
export function javaProgram(
  folder: string,
  log: (line: string) => void,
  leftOut?: readonly string[],
): JavaProgram {
  const pom = join(folder, 'pom.xml');
  const jars = mavenJars(leftOut === undefined ? { pom } : { pom, leftOut }, log);
  return { jars, classpath: javaClasses([join(folder, 'java'), ourJava], join(jars, '*'), log) };
}
