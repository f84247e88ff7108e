import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ran, Shell } from '../shell.ts';
import { FakeKubectl } from './fake-kubectl.ts';
import { clusterObject, list, podObject } from './objects.ts';
import { askedOf, RESOURCE, worldOf } from './world.ts';

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

const run = (...argv: string[]): Promise<Ran> =>
  shell.runWith({ env: kubectl.env }, 'kubectl', argv[0]!, '-n', 'apps', ...argv.slice(1));
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

const world = (...given: Parameters<typeof worldOf>): void => kubectl.answer(worldOf(...given));
const asked = (): readonly string[] => askedOf(kubectl);

describe('kubectl', () => {
  test('is told context, namespace and file of the user, before or behind the command', async () => {
    world([{}]);
    const options = ['--context', 'far', '--kubeconfig', '/tmp/config', '--timeout', '5s'];
    await shell.runWith({ env: kubectl.env }, 'kubectl', ...options, '-n', 'apps', 'status', 'demo');
    await shell.runWith({ env: kubectl.env }, 'kubectl', 'status', 'demo', ...options, '-n', 'apps');
    const beginning = [
      '--kubeconfig=/tmp/config',
      '--context=far',
      '--namespace=apps',
      '--request-timeout=5000ms',
    ];
    for (const { args } of kubectl.calls) expect(args.slice(0, 4)).toEqual(beginning);
    expect(kubectl.calls).toHaveLength(4);
  });

  test('is asked for no namespace where none is said: its context has one', async () => {
    world([{}]);
    await shell.runWith({ env: kubectl.env }, 'kubectl', 'status', 'demo');
    expect(kubectl.typed).toEqual([
      `get ${RESOURCE} demo --output=json`,
      '--namespace=apps get pods --selector=rookery.dev/cluster=demo --output=json',
    ]);
  });

  test.each([
    [
      'Error from server (NotFound): coordinationclusters.rookery.dev "demo" not found',
      1,
      /"demo" not found$/,
    ],
    [
      'error: the server doesn\'t have a resource type "coordinationclusters"',
      1,
      /knows no CoordinationCluster: the chart/,
    ],
    [
      'Error from server (Forbidden): User "ann" cannot get resource',
      4,
      /User "ann" cannot .*; ask who administers/,
    ],
    ['error: You must be logged in to the server (Unauthorized)', 4, /You must be logged in/],
    [
      'Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout',
      3,
      /; is it the right --context\?$/,
    ],
    ['The connection to the server localhost:8080 was refused', 3, /was refused/],
    ['error: context "far" does not exist', 2, /context "far" does not exist$/],
    [
      'E0101 00:00:00.1 1 memcache.go:265] noise\nerror: something else',
      4,
      /^rookery: kubectl: error: something else$/,
    ],
    ['', 4, /^rookery: kubectl: it ended with 1 without a word$/],
  ])('says "%s": exit code %i', async (err, code, told) => {
    kubectl.answer([{ to: '', err: `${err}\n`, code: 1 }]);
    const ran = await run('status', 'demo');
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err.trimEnd()).toMatch(told);
    expect(ran.err.split('\n')).toHaveLength(2);
  });

  test('that is not there is exit code 3', async () => {
    const ran = await shell.runWith({ env: { PATH: '/nowhere' } }, 'kubectl', 'logs', 'demo');
    expect(ran).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^rookery: there is no kubectl on the PATH/),
    });
  });

  test('whose answer is no JSON is told of', async () => {
    kubectl.answer([{ to: '', out: '<html>' }]);
    expect((await run('status', 'demo')).err).toMatch(/what came is no JSON$/m);
  });
});

describe('status', () => {
  test.each([
    [{}, 0],
    [{ conditions: { Ready: 'False' } }, 1],
    [{ conditions: { QuorumHealthy: 'False', Ready: 'False' } }, 3],
  ] as const)('of %o has the exit code %i', async (given, code) => {
    world([given]);
    expect((await run('status', 'demo')).code).toBe(code);
    expect((await run('status', 'demo', '--json')).code).toBe(code);
  });

  test('of all clusters is a line for each, and the exit code of the worst', async () => {
    kubectl.answer([
      {
        to: RESOURCE,
        out: list(
          clusterObject({ name: 'z' }),
          clusterObject({ name: 'a', conditions: { Stalled: 'True' } }),
        ),
      },
    ]);
    const ran = await shell.runWith({ env: kubectl.env }, 'kubectl', 'status', '-A');
    expect(ran.code).toBe(1);
    expect(ran.out.split('\n').map((line) => line.split(/ +/)[1])).toEqual(['NAME', 'a', 'z', undefined]);
    expect(kubectl.typed).toEqual([`get ${RESOURCE} --all-namespaces --output=json`]);
  });

  test('where there is none says where else to look', async () => {
    kubectl.answer([{ to: RESOURCE, out: list() }]);
    expect(await run('status')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/in this namespace; see all .* -A/),
    });
  });

  test('goes on without the pods where they may not be listed', async () => {
    world([{}], [{ to: 'get pods', err: 'Error from server (Forbidden): pods is forbidden\n', code: 1 }]);
    const ran = await run('status', 'demo');
    expect(ran.code).toBe(0);
    expect(ran.err).toMatch(/^rookery: what is said of pods is missing: .*pods is forbidden/);
    expect(ran.out).toMatch(/demo-0 .* yes .* - /);
  });
});

describe('logs', () => {
  const lines = (member: number, ...seconds: number[]): string =>
    seconds
      .map(
        (second) => `2026-01-01T00:00:0${second}Z {"level":"info","member":${member},"msg":"m${second}"}\n`,
      )
      .join('');

  test('are those of all members, by time', async () => {
    world(
      [{}],
      [
        { to: 'logs demo-0', out: lines(1, 1, 4) },
        { to: 'logs demo-1', out: lines(2, 2) },
        { to: 'logs demo-2', out: lines(3, 3, 5) },
      ],
    );
    const { code, out } = await run('logs', 'demo', '--tail', '5', '--since', '10m');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.slice(17).replaceAll(/ +/g, ' '))).toEqual([
      '01.000Z 1 info m1',
      ...['02.000Z 2 info m2', '03.000Z 3 info m3', '04.000Z 1 info m4', '05.000Z 3 info m5', ''],
    ]);
    expect(asked()).toContain('logs demo-1 --container=rookery --timestamps --tail=5 --since=600s');
  });

  test('of one member are of that one alone, and of the former container by -p', async () => {
    world([{}], [{ to: 'logs demo-1', out: lines(2, 2) }]);
    const { out } = await run('logs', 'demo', '--member', 'demo-1', '-p', '--json');
    expect(json(out)).toMatchObject({ member: 2, pod: 'demo-1', line: { msg: 'm2' } });
    expect(asked()).toEqual(['logs demo-1 --container=rookery --timestamps --previous --tail=200']);
    expect(await run('logs', 'demo', '--member', '9')).toMatchObject({
      code: 1,
      err: expect.stringContaining('demo has no pod of member 9'),
    });
  });

  test('that cannot be had of one are those of the others; of none, it is an error', async () => {
    const bad = { err: 'Error from server (BadRequest): it is waiting to start\n', code: 1 };
    world(
      [{}],
      [
        { to: 'logs demo-0', out: lines(1, 1) },
        { to: 'logs', ...bad },
      ],
    );
    const some = await run('logs', 'demo');
    expect(some.code).toBe(0);
    // As they come: nobody waits for the other.
    const complaints = some.err.trimEnd().split('\n').sort();
    expect(complaints).toHaveLength(2);
    for (const [at, complaint] of complaints.entries())
      expect(complaint).toMatch(new RegExp(`^rookery: member ${at + 2}: .*it is waiting to start$`));
    world([{}], [{ to: 'logs', ...bad }]);
    expect((await run('logs', 'demo')).code).toBe(4);
  });

  test('that are followed go on with the pod that comes in the place of the former, until Ctrl-C', async () => {
    const end = new AbortController();
    const again = '2026-01-01T00:00:01Z {"msg":"m1"}\n2026-01-01T00:00:02Z {"msg":"m2"}\n';
    world(
      [{ members: [{ ordinal: 0, role: 'leader' }] }],
      [
        { to: 'get pods', out: list(podObject(0)) },
        { to: 'logs demo-0', out: lines(1, 1), later: [{ err: 'not there\n', code: 1 }, { out: again }] },
      ],
    );
    const seen: string[] = [];
    const { Writable } = await import('node:stream');
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        seen.push(
          ...chunk
            .toString()
            .split('\n')
            .filter((line) => line !== ''),
        );
        if (seen.length === 2) end.abort();
        done();
      },
    });
    const ran = await shell.runWith(
      { env: kubectl.env, signal: end.signal, stdout },
      ...['kubectl', 'logs', 'demo', '-f', '--json'],
    );
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(seen.map((line) => json(line).line)).toEqual([
      { level: 'info', member: 1, msg: 'm1' },
      { msg: 'm2' },
    ]);
    expect(asked().at(-1)).toContain('--follow --since-time=2026-01-01T00:00:01Z');
  });
});

describe('completion', () => {
  test('is what kubectl asks its plugins for', async () => {
    const complete = async (...words: string[]): Promise<string> =>
      (await shell.run('__complete-kubectl', '--', ...words)).out;
    expect(await complete('re')).toBe('report\nrestart\nreplace\n:4\n');
    expect(await complete('logs', '--fol')).toBe('--follow\n:4\n');
    expect((await complete('')).split('\n')).toContain('status');
    expect((await shell.run('__complete', 'rookery kubectl hib')).out).toBe('hibernate \n');
  });
});
