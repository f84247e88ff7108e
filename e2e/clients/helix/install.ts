import { join } from 'node:path';
import { mavenJars } from '../../../testkit/src/installs/maven-jars.ts';

/** The folder of the jars of Helix's own client. They are fetched by Maven unless the cache has them. */
export function installHelix(log: (line: string) => void): string {
  return mavenJars({ pom: join(import.meta.dirname, 'pom.xml') }, log);
}
