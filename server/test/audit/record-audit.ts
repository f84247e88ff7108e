/**
 * Writes `zookeeper-audit.txt` from an Apache ZooKeeper 3.9.5 that listens on 127.0.0.1 at the given port, with empty data, audit.enable=true,
 * tickTime=200, maxSessionTimeout=60000, znode.container.checkIntervalMs=300 and extendedTypesEnabled=true (the last two as system properties),
 * -Dzookeeper.DigestAuthenticationProvider.superDigest= and what this prints without arguments, and a logback.xml that has the logger
 * org.apache.zookeeper.audit.Slf4jAuditLogger write `%m%n` to the file that is named behind the port.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { digestOf } from '../connections/acl-scenario.ts';
import { playAudited, SUPER_PROOF, withNamedSessions } from './audit-scenario.ts';

const [port, file] = process.argv.slice(2);
if (port !== undefined && file !== undefined) {
  await playAudited(Number(port));
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(new URL('zookeeper-audit.txt', import.meta.url), `${withNamedSessions(lines).join('\n')}\n`);
} else process.stdout.write(`${digestOf(SUPER_PROOF)}\n`);
