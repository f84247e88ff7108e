import { delimiter, join } from 'node:path';
import { javaClasses } from '../../testkit/src/installs/java-classes.ts';
import { mavenJars } from '../../testkit/src/installs/maven-jars.ts';

/** What every load is made of. */
const ourJava = join(import.meta.dirname, 'java');

export interface JavaProgram {
  /** The folder of its jars. */
  readonly jars: string;
  /** That of the classes of its `java/` and what loads share. */
  readonly classes: string;
  /** For `java -cp`: the classes in front of the jars. */
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
  const classpath = javaClasses([join(folder, 'java'), ourJava], join(jars, '*'), log);
  return { jars, classes: classpath.split(delimiter)[0]!, classpath };
}
