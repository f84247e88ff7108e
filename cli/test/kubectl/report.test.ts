import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { filePlaces } from '../../../testkit/src/secrets/member-places.ts';
import { describeFinding, SecretSearch } from '../../../testkit/src/secrets/secret-search.ts';
import { type Ran, Shell } from '../shell.ts';
import { type Answer, FakeKubectl } from './fake-kubectl.ts';
import { clusterObject, list, podObject } from './objects.ts';

/** Values of Secrets: with what JSON and addresses escape, and of several lines. */
const TOKEN = 'tok/en+"with" back\\slash';
const JOIN = 'join-secret-of-the-members';
const KEY_LINES = ['MC4CAQAwBQYDK2VwBCIEIH1vc3RseSByYW5kb20h', 'bGV0dGVycyBvZiBhIHByaXZhdGUga2V5Cg=='];
const DIGEST = 'super:cGFzc3dvcmQgYXMgYSBkaWdlc3Q=';
const PULL = 'cHVsbDpmcm9tLXRoZS1yZWdpc3RyeQ==';
/** Known by no Secret: what stands before it tells. */
const VARIABLE = 'value-of-a-variable';
const SPOKEN = 'spoken-password-1';
const BEARER = 'abc.def-bearer-token';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';

const planted = [
  ...Object.entries({ TOKEN, JOIN, VARIABLE, SPOKEN, BEARER, JWT, PULL }),
  ...KEY_LINES.map((line, i) => [`line ${i} of the key`, line] as const),
  ['digest', DIGEST],
  ['the digest behind the name', DIGEST.slice('super:'.length)],
].map(([name, value]) => ({ name: name!, value: value! }));
const search = new SecretSearch(planted);

/** A value in each spelling that programs give it. */
function* spelled(value: string): Generator<string> {
  const bytes = Buffer.from(value);
  yield value;
  yield JSON.stringify({ msg: value });
  yield JSON.stringify({ line: JSON.stringify({ msg: value }) });
  yield `https://h/?t=${encodeURIComponent(value)}`;
  yield bytes.toString('hex');
  yield bytes.toString('hex').toUpperCase();
  for (const before of ['', 'a', 'ab', 'abc'])
    for (const after of ['', 'x', 'xy']) {
      const around = Buffer.from(`${before}${value}${after}`);
      yield around.toString('base64');
      yield around.toString('base64url');
    }
  yield JSON.stringify(bytes);
  yield JSON.stringify({ ...bytes });
  yield [...bytes].join(', ');
}

/** Everything that is known of a Secret, in every spelling; and the rest behind what gives it away. */
const everything = [
  ...[TOKEN, JOIN, ...KEY_LINES, DIGEST, PULL].flatMap((value) => [...spelled(value)]),
  `password=${SPOKEN} next`,
  `{"adminPassword":"${SPOKEN}","msg":"kept"}`,
  `nested "{\\"password\\":\\"${SPOKEN}\\"}"`,
  `--password ${SPOKEN}`,
  `mysql://user:${SPOKEN}@host/db`,
  `authorization: Bearer ${BEARER}`,
  `got Bearer ${BEARER} from a client`,
  `Authorization: Digest super:${SPOKEN}`,
  `addauth digest ann:${SPOKEN}`,
  `token is ${JWT}`,
  `-----BEGIN PRIVATE KEY-----\n${Buffer.from('another key').toString('base64')}${SPOKEN}\n-----END PRIVATE KEY-----`,
].join('\n');

const secret = (name: string, data: Readonly<Record<string, string>>): Answer => ({
  to: `get secret ${name} `,
  out: JSON.stringify({
    kind: 'Secret',
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  }),
});

const secrets: readonly Answer[] = [
  secret('demo-admin', { token: `${TOKEN}\n`, 'join-secret': `${JOIN}\nnext-join-secret\n` }),
  secret('demo-certificates', {
    'clients.pem': `-----BEGIN PRIVATE KEY-----\n${KEY_LINES.join('\n')}\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nUFVCTElD\n-----END CERTIFICATE-----\n`,
  }),
  secret('demo-super-user', { digest: DIGEST }),
  secret('pull', { '.dockerconfigjson': JSON.stringify({ auths: { registry: { auth: PULL } } }) }),
  {
    to: 'get secret demo-authority ',
    err: 'Error from server (NotFound): secrets "demo-authority" not found\n',
    code: 1,
  },
];

function pod(ordinal: number): object {
  const object = podObject(ordinal, {
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': everything, note: everything },
  });
  return {
    ...object,
    spec: {
      nodeName: 'node-1',
      imagePullSecrets: [{ name: 'pull' }],
      volumes: [
        { name: 'admin', secret: { secretName: 'demo-admin' } },
        { name: 'su', secret: { secretName: 'demo-super-user' } },
      ],
      containers: [
        {
          name: 'rookery',
          env: [
            { name: 'SIDE_TOKEN', value: VARIABLE },
            { name: 'ROOKERY_HTTP_TOKEN_FILE', value: '/etc/rookery-admin/token' },
          ],
          args: ['--password', SPOKEN, `--token=${BEARER}`],
        },
      ],
    },
  };
}

const event = (name: string, message: string): object => ({ involvedObject: { name }, message });
const operatorPod = {
  metadata: { name: 'rookery-operator-1', namespace: 'rookery-system' },
  more: everything,
};

function world(readSecrets: readonly Answer[] = secrets): readonly Answer[] {
  const told = clusterObject({ members: [{ ordinal: 0, role: 'leader' }, { ordinal: 1 }] });
  return [
    { to: 'get coordinationclusters', out: JSON.stringify({ ...told, more: everything }) },
    ...readSecrets,
    { to: 'component=operator.*json', out: list(operatorPod) },
    { to: 'get pods', out: list(pod(0), pod(1)) },
    {
      to: 'get events',
      out: list(event('demo-0', everything), event('data-demo-1', 'ours'), event('other', 'not ours')),
    },
    { to: 'get ', out: list({ kind: 'Thing', data: { settings: everything }, more: VARIABLE }) },
    { to: 'logs demo-0 .*--previous', err: `BadRequest: no former container ${TOKEN}\n`, code: 1 },
    { to: 'logs', out: `2026-01-01T00:00:00Z {"msg":"kept"}\n${everything}\n${VARIABLE}\n` },
    { to: 'exec.*/metrics', out: `rookery_info{version="0.3.0",x=${JSON.stringify(TOKEN)}} 1\n` },
    {
      to: 'exec.*doctor',
      out: `{"check":"disk"}\n${everything}`,
      err: 'command terminated with exit code 1\n',
      code: 1,
    },
    { to: 'exec', out: everything },
  ];
}

let shell: Shell;
let folder: string;
let kubectl: FakeKubectl;

beforeAll(async () => {
  shell = await Shell.open();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-report-'));
  kubectl = new FakeKubectl(world());
});
afterEach(() => {
  kubectl[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});
afterAll(() => shell[Symbol.asyncDispose]());

const report = (...more: string[]): Promise<Ran> =>
  shell.runWith(
    { env: kubectl.env },
    'kubectl',
    'report',
    'demo',
    '-o',
    join(folder, 'report.tar.gz'),
    ...more,
  );

/** Its files by their names below its one folder. */
function unpacked(): Readonly<Record<string, string>> {
  execFileSync('tar', ['-xzf', join(folder, 'report.tar.gz'), '-C', folder]);
  const root = join(folder, 'rookery-report-demo');
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(root.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

describe('a report', () => {
  test('has objects, Events, logs, metrics and answers of members and operator', async () => {
    const { code, out, err } = await report();
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^\d+ files, .*, in .*report\.tar\.gz\n$/);
    const files = unpacked();
    expect(Object.keys(files).sort()).toEqual([
      'about.json',
      'ensemble/doctor.json',
      'ensemble/status.json',
      ...['demo-0', 'demo-1'].flatMap((name) => [
        `members/${name}/admin-members.json`,
        `members/${name}/log.txt`,
        `members/${name}/metrics.txt`,
        // The first one was never started before.
        ...(name === 'demo-1' ? [`members/${name}/previous-log.txt`] : []),
      ]),
      'objects/configmaps.json',
      'objects/coordinationcluster.json',
      'objects/endpointslices.json',
      'objects/events.json',
      'objects/networkpolicies.json',
      'objects/persistentvolumeclaims.json',
      'objects/poddisruptionbudgets.json',
      'objects/pods.json',
      'objects/services.json',
      'objects/statefulsets.json',
      'operator/deployments.json',
      'operator/pods.json',
      'operator/rookery-operator-1.log.txt',
    ]);
    expect(files['members/demo-0/log.txt']).toContain('{"msg":"kept"}');
    // What doctor finds is an exit code, too.
    expect(files['ensemble/doctor.json']).toContain('{"check":"disk"}');
    expect(files['objects/events.json']).toContain('data-demo-1');
    expect(files['objects/events.json']).not.toContain('not ours');
    const pods = JSON.parse(files['objects/pods.json']!) as {
      items: { spec: { containers: { env: object[] }[] } }[];
    };
    expect(pods.items[0]!.spec.containers[0]!.env).toEqual([
      { name: 'SIDE_TOKEN', value: '[redacted]' },
      { name: 'ROOKERY_HTTP_TOKEN_FILE', value: '/etc/rookery-admin/token' },
    ]);
    const about = JSON.parse(files['about.json']!) as {
      secrets: { read: string[]; unread: { name: string }[] };
    };
    expect(about.secrets.read).toEqual(['demo-admin', 'demo-certificates', 'demo-super-user', 'pull']);
    expect(about.secrets.unread.map(({ name }) => name)).toEqual(['demo-authority']);
    expect(statSync(join(folder, 'report.tar.gz')).mode & 0o777).toBe(0o600);
  });

  test('holds no secret, in no spelling, wherever it was planted; nor do the arguments of kubectl or what is said', async () => {
    const { out, err } = await report('--json');
    unpacked();
    const places = [
      ...filePlaces(join(folder, 'rookery-report-demo'), () => true),
      { name: 'stdout', content: out },
      { name: 'stderr', content: err },
      { name: 'arguments', content: kubectl.calls.map(({ args }) => args.join(' ')).join('\n') },
    ];
    expect(places.length).toBeGreaterThan(20);
    expect(search.in(places).map(describeFinding)).toEqual([]);
    // They are found where they were planted: the search can find them.
    const found = new Set(
      search.in([{ name: 'planted', content: `${everything}\n${VARIABLE}` }]).map((each) => each.secret),
    );
    expect([...found].sort()).toEqual(planted.map(({ name }) => name).sort());
  });

  test('asks for no Secret by a list, and no member for a token', async () => {
    await report();
    const typed = kubectl.typed;
    expect(
      typed
        .filter((line) => /secret/.test(line))
        .every((line) => / get secret \S+ --output=json$/.test(line)),
    ).toBe(true);
    expect(typed.some((line) => /logs demo-0 .*--tail=5000$/.test(line))).toBe(true);
  });

  test('says which Secrets it could not look for, and takes out what words give away', async () => {
    const forbidden = {
      to: 'get secret',
      err: 'Error from server (Forbidden): secrets is forbidden\n',
      code: 1,
    };
    kubectl.answer(world([forbidden]));
    const { code, err } = await report();
    expect(code).toBe(0);
    expect(err).toMatch(/5 Secrets may not be read by you \(demo-admin, .*look the report through/);
    unpacked();
    const byWords = new SecretSearch(
      Object.entries({ SPOKEN, BEARER, JWT }).map(([name, value]) => ({ name, value })),
    );
    const places = filePlaces(join(folder, 'rookery-report-demo'), () => true);
    expect(byWords.in(places).map(describeFinding)).toEqual([]);
  });

  test('is made of what can be had, and says what cannot', async () => {
    kubectl.answer([
      { to: 'component=operator', err: 'Error from server (Forbidden): pods is forbidden\n', code: 1 },
      {
        to: 'get networkpolicies',
        err: 'Error from server (Forbidden): networkpolicies is forbidden\n',
        code: 1,
      },
      {
        to: 'exec.*rookery (doctor|status)',
        err: 'exec: "rookery": executable file not found in $PATH\n',
        code: 1,
      },
      ...world(),
    ]);
    const { code, err } = await report();
    expect(code).toBe(0);
    expect(err).toMatch(/^rookery: objects\/networkpolicies\.json: .*is forbidden/m);
    expect(err).toMatch(/^rookery: operator\/: .*is forbidden/m);
    expect(err).toMatch(/^rookery: ensemble\/doctor\.json: .*executable file not found/m);
    const files = unpacked();
    expect(files['objects/networkpolicies.json']).toBeUndefined();
    expect(files['members/demo-1/log.txt']).toContain('kept');
  });

  test('is there whole or not at all', async () => {
    const ran = await shell.runWith(
      { env: kubectl.env },
      'kubectl',
      'report',
      'demo',
      '-o',
      '/no/folder/report.tar.gz',
    );
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^rookery: \/no\/folder\/report\.tar\.gz cannot be written: ENOENT/),
    });
    const end = new AbortController();
    // It has begun to write.
    const watcher = watch(folder, () => end.abort());
    const argv = ['kubectl', 'report', 'demo', '-o', join(folder, 'report.tar.gz')];
    const ended = await shell.runWith({ env: kubectl.env, signal: end.signal }, ...argv);
    watcher.close();
    expect(ended).toEqual({ code: 130, out: '', err: '' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
