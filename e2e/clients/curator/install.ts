import { join } from 'node:path';
import { javaClasses } from '../../../testkit/src/installs/java-classes.ts';
import { type MavenJars, mavenJars, missingForMaven } from '../../../testkit/src/installs/maven-jars.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';

const jars: MavenJars = {
  pom: join(import.meta.dirname, 'pom.xml'),
  // For every system there is, and larger than all else: nothing here speaks TLS.
  leftOut: ['netty-tcnative-boringssl-static'],
};

/** What is missing on this machine to run the suites, in one line; undefined when nothing is. */
export function missingForCurator(): string | undefined {
  if (!runsHere('javac', '-version')) return 'javac is not installed: a JDK has it';
  return missingForMaven(jars);
}

/** Where Curator's jars are. They are fetched by Maven unless the cache has them. */
export function installJars(log: (line: string) => void): string {
  return mavenJars(jars, log);
}

/** For `java -cp`: the class that starts members in front of Curator's own of that name. */
export function classpathOf(folder: string, log: (line: string) => void): string {
  return javaClasses([join(import.meta.dirname, 'java')], join(folder, '*'), log);
}
