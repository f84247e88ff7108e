/** The command that runs a class. */
export type Java = (main: string, ...args: readonly string[]) => [string, ...string[]];

/** Small virtual machines: several run beside each other on one machine. @param folder for temporary files @param flags what the program's own scripts give */
export function smallJava(folder: string, classpath: string, flags: readonly string[] = []): Java {
  return (main, ...args) => [
    'java',
    ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
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
