import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SOURCES } from '../../../src/kubectl/convert/convert.ts';
import type { Remark } from '../../../src/kubectl/convert/draft.ts';
import { type Ran, Shell } from '../../shell.ts';
import { refusals } from './accepted.ts';

const EXAMPLES = join(import.meta.dirname, 'examples');
let shell: Shell;
let folder: string;

beforeAll(async () => {
  shell = await Shell.open();
  folder = mkdtempSync(join(tmpdir(), 'rookery-convert-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await shell[Symbol.asyncDispose]();
});

const convert = (stdin: string, ...argv: string[]): Promise<Ran> =>
  shell.runWith({ stdin }, 'kubectl', 'convert', '-f', '-', ...argv);

const remarksOf = ({ err }: Ran): readonly Remark[] =>
  err
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Remark);

describe('kubectl rookery convert', () => {
  const examples = readdirSync(EXAMPLES).filter(
    (name) => name.endsWith('.yaml') && !name.endsWith('.out.yaml'),
  );

  test.each(examples)('%s: becomes what stands beside it, which the API server takes', async (name) => {
    const file = join(EXAMPLES, name);
    const { out, err, code } = await shell.run('kubectl', 'convert', '-f', file);
    const beside = file.replace(/\.yaml$/, '');
    await expect(out).toMatchFileSnapshot(`${beside}.out.yaml`);
    await expect(err).toMatchFileSnapshot(`${beside}.remarks.txt`);
    expect(refusals(parse(out))).toEqual([]);
    expect(code).toBe(err.includes('NO COUNTERPART') ? 1 : 0);
  });

  test('reads stdin, or a file, and ends with 0 where everything has its place', async () => {
    const values = 'replicaCount: 3\ntickTime: 2000\n';
    writeFileSync(join(folder, 'v.yaml'), values);
    const fromStdin = await convert(values);
    expect(fromStdin.code).toBe(0);
    const fromFile = await shell.run('kubectl', 'convert', '-f', join(folder, 'v.yaml'));
    expect(fromFile).toEqual(fromStdin);
    expect(parse(fromFile.out)).toMatchObject({
      apiVersion: 'rookery.dev/v1',
      kind: 'CoordinationCluster',
      metadata: { name: 'zookeeper' },
      spec: { replicas: 3, config: { tickTime: '2s' }, storage: { size: '8Gi' } },
    });
  });

  test('--json: an object on stderr for each key, YAML on stdout, and 1 for what has no counterpart', async () => {
    const ran = await convert(
      'replicaCount: 3\nheapSize: 2048\nlivenessProbe: { enabled: true }\n',
      '--json',
    );
    expect(ran.code).toBe(1);
    expect(parse(ran.out)).toMatchObject({ kind: 'CoordinationCluster' });
    expect(remarksOf(ran)).toEqual([
      { key: 'replicaCount', is: 'taken', field: 'spec.replicas', value: 3 },
      { key: 'heapSize', is: 'no-counterpart', why: expect.stringMatching(/there is no JVM/) as string },
      { key: 'livenessProbe', is: 'not-needed', why: 'the operator makes the probes' },
      { key: 'persistence.size (unsaid)', is: 'taken', field: 'spec.storage.size', value: '8Gi' },
    ]);
  });

  test('name and namespace: those that are said, else those of the object', async () => {
    const object = (name: string) =>
      `apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: {name: ${name}, namespace: apps}\nspec: {replicas: 3}\n`;
    expect(parse((await convert(object('mine'))).out)).toMatchObject({
      metadata: { name: 'mine', namespace: 'apps' },
    });
    expect(parse((await convert(object('mine'), '--name', 'other', '-n', 'prod')).out)).toMatchObject({
      metadata: { name: 'other', namespace: 'prod' },
    });
    const refused = await convert(object('1-mine'));
    expect(refused).toMatchObject({ code: 4, out: '' });
    expect(refused.err).toMatch(/^rookery: "1-mine" cannot be the name .* --name/);
  });

  test('as kubectl prints several: the one ZookeeperCluster among them', async () => {
    const item =
      'apiVersion: zookeeper.pravega.io/v1beta1, kind: ZookeeperCluster, metadata: {name: zk}, spec: {}';
    const list = (items: string) => `apiVersion: v1\nkind: List\nitems: [${items}]\n`;
    expect((await convert(list(`{apiVersion: v1, kind: Secret}, {${item}}`))).code).toBe(0);
    expect((await convert(list(`{${item}}, {${item}}`))).err).toMatch(
      /2 ZookeeperClusters in it: convert one/,
    );
  });

  test("values of a chart that has ZooKeeper's below it", async () => {
    const { out } = await convert(
      'auth: {}\nreplicaCount: 7\nzookeeper: { enabled: true, replicaCount: 5 }\n',
    );
    expect(parse(out)).toMatchObject({ spec: { replicas: 5 } });
  });

  test.each([
    ['replicaCount: [', /^rookery: stdin is no YAML: /],
    ['', /there is nothing in it/],
    ['- a\n- b\n', /it is no object/],
    ['a: 1\n---\nb: 2\n', /there are 2 documents in it/],
    ['some: thing\n', /say --from bitnami, incubator, pravega-chart/],
    ['resources: [a.yaml]\n', /nothing in it tells what it is the values of/],
    ['apiVersion: v1\nkind: Service\n', /there is no ZookeeperCluster in it, but Service/],
    [
      'apiVersion: other.io/v1\nkind: ZookeeperCluster\n',
      /other\.io\/v1 is no ZookeeperCluster that is known/,
    ],
    ['apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nspec: 3\n', /its spec is no object/],
    [
      `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefg'
        .split('')
        .map((name, i) => `${name}: &${name} [${`*${'abcdef'[i]},`.repeat(9)}]`)
        .join('\n')}\n`,
      /is no YAML/,
    ],
  ])('%j is refused: one line, 2, and nothing on stdout', async (text, says) => {
    const { code, out, err } = await convert(text);
    expect(err).toMatch(says);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('a file that is not there, and a source that there is not, are usage', async () => {
    expect((await shell.run('kubectl', 'convert', '-f', join(folder, 'none.yaml'))).code).toBe(2);
    expect((await convert('a: 1\n', '--from', 'helm')).code).toBe(2);
    expect((await convert('a: 1\n', '--from', 'pravega')).err).toMatch(/these are values of a chart/);
  });

  test.each(SOURCES)('--from %s is understood', async (source) => {
    const { err } = await convert('replicas: 3\n', '--from', source);
    expect(err).toMatch(/^(?:values of |the ZookeeperCluster of |.*is an object with apiVersion)/m);
  });

  test('no password is shown, whatever key it stands under', async () => {
    const secret = 'hunter2';
    const values = `
auth:
  client: { enabled: true, clientUser: a, clientPassword: ${secret}, serverUsers: a, serverPasswords: ${secret} }
  quorum: { enabled: true, learnerUser: a, learnerPassword: ${secret}, serverPasswords: ${secret} }
  clientPassword: ${secret}
  serverPasswords: ${secret}
tls:
  client: { enabled: true, keystorePassword: ${secret}, truststorePassword: ${secret} }
  quorum: { enabled: true, keystorePassword: ${secret}, truststorePassword: ${secret} }
service: { tls: { client_keystore_password: ${secret}, quorum_truststore_password: ${secret} } }
extraEnvVars: [{ name: ZOO_CLIENT_PASSWORD, value: ${secret} }]
jvmFlags: "-Dzookeeper.DigestAuthenticationProvider.superDigest=super:${secret} -Djavax.net.ssl.keyStorePassword=${secret} -Dzookeeper.ssl.keyStore.password=${secret} ${secret}"
configuration: |
  ssl.keyStore.password=${secret}
  DigestAuthenticationProvider.superDigest=super:${secret}
  some.other=${secret}
`;
    for (const json of [[], ['--json']]) {
      const { out, err } = await convert(values, '--from', 'bitnami', ...json);
      expect(out + err).not.toContain(secret);
      expect(err).toContain('auth.client');
    }
  });
});
