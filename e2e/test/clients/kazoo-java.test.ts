import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
const java = join(import.meta.dirname, '../../clients/kazoo/java');

let folder: string;
let zooCfg: string;

/** A project around the program, with a server that only says how it was started. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery java-'));
  mkdirSync(join(folder, 'e2e/clients/kazoo'), { recursive: true });
  mkdirSync(join(folder, 'server/bin'), { recursive: true });
  mkdirSync(join(folder, 'member 1'));
  copyFileSync(java, join(folder, 'e2e/clients/kazoo/java'));
  const server = ['#!/bin/sh', 'echo "$$ $*"', 'cat "$1"', 'exit 7'].join('\n');
  writeFileSync(join(folder, 'server/bin/rookery-server'), server, { mode: 0o755 });
  zooCfg = join(folder, 'member 1/zoo.cfg');
  writeFileSync(zooCfg, 'clientPort=2181\nserver.1=localhost:1:2');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const result = spawnSync('java', args, {
    encoding: 'utf8',
    env: { ...env, PATH: `${join(folder, 'e2e/clients/kazoo')}:${process.env.PATH}` },
  });
  return { ...result, log: () => readFileSync(join(folder, 'member 1/zookeeper.log'), 'utf8') };
}

test('becomes the server, with the system properties that ZooKeeper would read as further lines of the zoo.cfg', () => {
  const secret = 'zookeeper.DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=';
  const jvm = ['-cp', 'any', '-Dfile.encoding=UTF-8', '-Djava.awt.headless=true', '-Xmx64m'];
  const jaas = 'java.security.auth.login.config=/somewhere/jaas.conf';
  const logs = ['-Dzookeeper.log.dir=/x', '-Dzookeeper.root.logger=INFO,CONSOLE', '-Dlog4j.configuration=y'];
  const result = run(
    {},
    ...jvm,
    ...logs,
    `-D${jaas}`,
    '-Dreadonlymode.enabled=true',
    `-D${secret}`,
    MAIN,
    zooCfg,
  );
  expect(result.status).toBe(7);
  expect(result.log().split('\n')).toEqual([
    `${result.pid} ${join(folder, 'member 1/rookery.cfg')}`,
    'clientPort=2181',
    'server.1=localhost:1:2',
    jaas,
    'readonlymode.enabled=true',
    secret,
    '',
  ]);
});

test('logs where the runner keeps it', () => {
  const result = run({ KAZOO_MEMBER_LOGS: folder }, MAIN, zooCfg);
  expect(result.status).toBe(7);
  expect(readFileSync(join(folder, 'member 1.log'), 'utf8')).toContain('clientPort=2181');
});

test('goes on in the log of the member that it is started again as', () => {
  run({}, MAIN, zooCfg);
  const result = run({}, MAIN, zooCfg);
  expect(result.log().match(/clientPort=2181/g)).toHaveLength(2);
});

test.each([
  ['another program', ['-version'], 'cannot run -version'],
  ['no program', ['-cp', 'any'], `${MAIN} is missing`],
  ['no file', [MAIN], `${MAIN} takes one file`],
])('refuses %s', (_, args, problem) => {
  const result = run({}, ...args);
  expect(result.status).toBe(1);
  expect(result.stderr).toContain(problem);
});
