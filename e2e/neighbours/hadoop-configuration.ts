import { join } from 'node:path';

/** How they log: everything to standard output. To be copied as `log4j.properties`. */
export const HADOOP_LOGGING: string = join(import.meta.dirname, 'hadoop-log4j.properties');

/** A file of properties as the programs of Hadoop's family read them: `core-site.xml` and the like. */
export function hadoopConfiguration(properties: Readonly<Record<string, string | number | boolean>>): string {
  const lines = Object.entries(properties).map(
    ([name, value]) =>
      `  <property><name>${escaped(name)}</name><value>${escaped(String(value))}</value></property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${lines.join('')}</configuration>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
