import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Output } from '../../src/surroundings.ts';
import { type Ran, Shell } from '../shell.ts';
import { type Answer, FakeKubectl } from './fake-kubectl.ts';
import { type ClusterGiven, list, podObject } from './objects.ts';
import { askedOf, worldOf } from './world.ts';

const TOKEN = 'mXw9-0123456789abcdef';
const FORWARD = 'port-forward pod/demo-0 :8080 --address=127.0.0.1';
const forwarding: Answer = {
  to: 'port-forward',
  out: 'Forwarding from 127.0.0.1:41877 -> 8080\nHandling connection for 41877\n',
  stays: true,
};
const secretOf = (text: string): Answer => ({
  to: 'get secret demo-admin',
  out: JSON.stringify({ kind: 'Secret', data: { token: Buffer.from(text).toString('base64') } }),
});

let shell: Shell;
let kubectl: FakeKubectl;

beforeAll(async () => {
  shell = await Shell.open();
});
beforeEach(() => {
  kubectl = new FakeKubectl();
});
afterEach(() => kubectl[Symbol.dispose]());
afterAll(() => shell[Symbol.asyncDispose]());

const world = (given: ClusterGiven = {}, ...answers: readonly Answer[]): void =>
  kubectl.answer(worldOf([given], [...answers, forwarding]));

const run = (...argv: string[]): Promise<Ran> =>
  shell.runWith({ env: kubectl.env }, 'kubectl', 'window', 'demo', '-n', 'apps', ...argv);

/** Runs it, and types Ctrl-C once it has said what ends with `last`. */
async function until(
  last: RegExp,
  argv: readonly string[],
  { terminal = true, options = ['-n', 'apps'] } = {},
): Promise<Ran> {
  const end = new AbortController();
  let out = '';
  const stdout: Output = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        out += String(chunk);
        if (last.test(out)) end.abort();
        done();
      },
    }),
    { isTTY: terminal },
  );
  const ran = await shell.runWith(
    { env: kubectl.env, signal: end.signal, stdout },
    ...['kubectl', 'window', 'demo', ...options, ...argv],
  );
  return { ...ran, out };
}

describe('window', () => {
  test('prints the address that kubectl forwards, and how to get the token, until Ctrl-C ends both', async () => {
    world();
    const ran = await until(/admin .*\n$/, []);
    expect(ran).toEqual({
      code: 0,
      out: [
        'http://127.0.0.1:41877/ is the window of apps/demo, by member 1 (demo-0), until Ctrl-C',
        'spec.config.window is read: it shows the members, the sessions and the tree',
        "for the token that it asks for: kubectl --namespace=apps get secret demo-admin '--output=go-template={{.data.token | base64decode}}'",
        '',
      ].join('\n'),
      err: '',
    });
    expect(askedOf(kubectl)).toEqual([FORWARD]);
    const { pid } = kubectl.calls.at(-1)!;
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test.each([
    ['ensemble', 'it shows the members alone'],
    ['write', 'it shows and changes the members, the sessions and the tree'],
  ])('says what it may do: %s', async (mode, does) => {
    world({ spec: { config: { window: mode } } });
    expect((await until(/admin .*\n$/, [])).out).toContain(`spec.config.window is ${mode}: ${does}\n`);
  });

  test('is one object for programs, without the token', async () => {
    world();
    const { code, out } = await until(/\n$/, ['--json'], { terminal: false });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      url: 'http://127.0.0.1:41877/',
      cluster: 'demo',
      namespace: 'apps',
      member: 1,
      pod: 'demo-0',
      mode: 'read',
      tokenSecret: 'demo-admin',
    });
    expect(kubectl.typed.join('\n')).not.toContain('secret');
  });

  test('is forwarded to the member and from the port that are named', async () => {
    world();
    await until(/admin .*\n$/, ['--member', '3', '--port', '9000']);
    expect(askedOf(kubectl)).toEqual(['port-forward pod/demo-2 9000:8080 --address=127.0.0.1']);
  });

  test.each<readonly [title: string, given: ClusterGiven, pod: string]>([
    ['ready', { members: [{ ordinal: 0, ready: false }, { ordinal: 1 }, { ordinal: 2 }] }, 'demo-1'],
    [
      'running, where none is ready: there is no quorum, and much to look at',
      { members: [0, 1, 2].map((ordinal) => ({ ordinal, ready: false })) },
      'demo-0',
    ],
  ])('else to one that is %s', async (_title, given, pod) => {
    world(given);
    await until(/admin .*\n$/, []);
    expect(askedOf(kubectl)[0]).toContain(`pod/${pod} `);
  });

  test('tells how to get the token where kubectl was told context and file, as a shell takes it', async () => {
    world();
    const options = ['--context', "ann's", '--kubeconfig', '/tmp/my config'];
    const { out } = await until(/admin .*\n$/, [], { options });
    expect(out).toContain(
      String.raw`: kubectl '--kubeconfig=/tmp/my config' '--context=ann'\''s' --namespace=apps get secret`,
    );
  });

  test('of a member of 0.2.0 is told to be the former page', async () => {
    world({
      status: { members: [{ name: 'demo-0', id: 11, role: 'leader', ready: true, version: '0.2.0' }] },
    });
    expect((await until(/admin .*\n$/, [])).err).toMatch(/demo-0 is of 0\.2\.0, .* came with 0\.3\.0\n$/);
  });
});

describe('the token', () => {
  test.each([
    ['is shown where that is asked for', TOKEN],
    ['is the one that all members take, while it is rotated', `${TOKEN}\nanother-0123456789abcdef\n`],
  ])('%s', async (_title, text) => {
    world({}, secretOf(text));
    const { code, out } = await until(/asks for: .*\n$/, ['--show-token']);
    expect(code).toBe(0);
    expect(out.split('\n').at(-2)).toBe(`the token that it asks for: ${TOKEN}`);
  });

  test.each([[[]], [['--json']]])(
    'is shown nowhere but on a terminal, and not read for anything else: %j',
    async (argv) => {
      world({}, secretOf(TOKEN));
      const ran =
        argv.length === 0
          ? await run('--show-token')
          : await shell.runWith(
              { env: kubectl.env, terminal: true },
              ...['kubectl', 'window', 'demo', '--show-token', ...argv],
            );
      expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('on a terminal alone') });
      expect(() => kubectl.calls).toThrow(/ENOENT/);
    },
  );

  test.each([
    ['is not printed where it could do something to a terminal', '\u001b]0;owned\u0007-0123456789abcdef'],
    ['is missed where the Secret has none', ''],
  ])('%s', async (_title, text) => {
    world({}, secretOf(text));
    const ran = await until(/never/, ['--show-token']);
    expect(ran).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('the Secret demo-admin has no token'),
    });
    expect(askedOf(kubectl)).toEqual(['get secret demo-admin --output=json']);
  });

  test('that may not be read says so before anything is forwarded', async () => {
    const err = 'Error from server (Forbidden): secrets "demo-admin" is forbidden\n';
    world({}, { to: 'get secret', err, code: 1 });
    expect(await until(/never/, ['--show-token'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('ask who administers'),
    });
  });
});

describe('where there is no window', () => {
  test.each<readonly [title: string, given: ClusterGiven, says: RegExp]>([
    [
      'a cluster that is hibernated',
      { spec: { hibernated: true }, members: [] },
      /is hibernated: no member runs/,
    ],
    ['a cluster without pods', {}, /no member of demo runs; name one by --member/],
  ])('%s says so', async (_title, given, says) => {
    world(given, { to: 'get pods', out: list() });
    expect(await run()).toMatchObject({ code: 1, err: expect.stringMatching(says) });
  });

  test('a pod that goes ends it, and says what to do', async () => {
    world({}, { ...forwarding, stays: false, err: 'error: lost connection to pod\n', code: 1 });
    const ran = await run();
    expect(ran.code).toBe(3);
    expect(ran.out).toContain('http://127.0.0.1:41877/');
    expect(ran.err).toMatch(/lost connection to pod: the window by demo-0 is closed; run it again/);
  });

  test('a port that is taken is told of in the words of kubectl', async () => {
    const err = 'Unable to listen on port 9000: …\nerror: unable to listen on any of the requested ports\n';
    world({}, { to: 'port-forward', err, code: 1 });
    expect(await run('--port', '9000')).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('Unable to listen on port 9000'),
    });
  });

  test('a kubectl that ends without a word is told of', async () => {
    world({}, { to: 'port-forward', out: '' });
    expect(await run()).toMatchObject({ code: 3, err: expect.stringContaining('has ended by itself') });
  });

  test.each(['0', '65536', '80a', '-1'])('%s is no port', async (port) => {
    world();
    const ran = await run(`--port=${port}`);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('a number from 1 to 65535') });
  });
});

test('only a pod that runs is asked where the operator has told of none yet', async () => {
  world({ members: [] }, { to: 'get pods', out: list(podObject(0, { ready: false }), podObject(1)) });
  await until(/admin .*\n$/, []);
  expect(askedOf(kubectl)[0]).toContain('pod/demo-1 ');
});
