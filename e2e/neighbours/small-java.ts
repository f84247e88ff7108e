/** The command that runs a class. */
export type Java = (main: string, ...args: readonly string[]) => [string, ...string[]];

export interface JavaOptions {
  readonly classpath: string;
  /** For temporary files. */
  readonly folder: string;
  /** 256m where left out. */
  readonly heap?: string;
  /** What the program's own scripts give, and what it is told by properties. */
  readonly flags?: readonly string[];
}

/** Small virtual machines: several run beside each other on one machine, for minutes, most of them starting. */
export function smallJava({ classpath, folder, heap = '256m', flags = [] }: JavaOptions): Java {
  return (main, ...args) => [
    'java',
    ...[`-Xmx${heap}`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
    // A machine may name ::1 localhost, too.
    '-Djava.net.preferIPv4Stack=true',
    `-Djava.io.tmpdir=${folder}`,
    ...flags,
    '-cp',
    classpath,
    main,
    ...args,
  ];
}
