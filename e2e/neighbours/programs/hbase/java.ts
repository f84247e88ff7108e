/** The command that runs a class of HBase's, or one that uses it. */
export type Java = (main: string, ...args: readonly string[]) => [string, ...string[]];

/** What HBase's own scripts give Java 11 and later. */
const OPENED = [
  '-Dorg.apache.hbase.thirdparty.io.netty.tryReflectionSetAccessible=true',
  '--add-modules=jdk.unsupported',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-opens=java.base/java.lang.reflect=ALL-UNNAMED',
  '--add-opens=java.base/java.util=ALL-UNNAMED',
  '--add-opens=java.base/java.util.concurrent=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.util.random=ALL-UNNAMED',
];

/** Small ones: several run on one machine. */
const SIZED = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/** @param folder for temporary files */
export function javaIn(folder: string, classpath: string): Java {
  return (main, ...args) => [
    'java',
    ...OPENED,
    ...SIZED,
    '-Djava.net.preferIPv4Stack=true',
    `-Djava.io.tmpdir=${folder}`,
    '-cp',
    classpath,
    main,
    ...args,
  ];
}
