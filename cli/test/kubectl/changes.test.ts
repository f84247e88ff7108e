import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ran, Shell } from '../shell.ts';
import { type Answer, FakeKubectl } from './fake-kubectl.ts';
import { type ClusterGiven, list } from './objects.ts';
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

describe('what the operator is asked for', () => {
  test('restart is its annotation, and done once every pod was made for it', async () => {
    world([{}, {}], [{ to: 'annotate', out: 'annotated' }], '2026-01-01T01:00:00.000Z');
    expect(await run('restart', 'demo')).toEqual({
      code: 0,
      out: 'demo: the members are started anew: done\n',
      err: '',
    });
    expect(asked()).toEqual([
      `annotate ${RESOURCE} demo --overwrite rookery.dev/restart-at=2026-01-01T01:00:00.000Z`,
    ]);
  });

  test('what is not done in time says how far it is, and goes on', async () => {
    world([{}], [{ to: 'annotate', out: '' }], 'another time');
    expect(await run('restart', 'demo', '--within', '0s')).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /started anew, and it is not done yet: .*; it goes on without this command$/m,
      ),
    });
    expect((await run('restart', 'demo', '--no-wait')).out).toMatch(
      /; see how far it is: kubectl rookery status demo$/m,
    );
  });

  const asleep: ClusterGiven = {
    spec: { hibernated: true },
    conditions: { QuorumHealthy: 'False', Available: 'False' },
    members: [],
  };

  test('hibernate is its field, waited for until the operator has seen it', async () => {
    world([{}, asleep], [{ to: 'patch', out: '' }]);
    expect((await run('hibernate', 'demo', '--yes')).out).toBe('demo hibernates: done\n');
    expect(asked()).toEqual([`patch ${RESOURCE} demo --type=merge --patch={"spec":{"hibernated":true}}`]);
  });

  test('wake is the same field', async () => {
    world([asleep, { generation: 3 }, {}], [{ to: 'patch', out: '' }]);
    expect((await run('wake', 'demo', '--json')).out).toBe('{"cluster":"demo","done":true,"changed":true}\n');
    expect(asked()).toEqual([`patch ${RESOURCE} demo --type=merge --patch={"spec":{"hibernated":false}}`]);
  });

  test('hibernate asks first, and says what it costs', async () => {
    world([{}]);
    expect(await run('hibernate', 'demo')).toMatchObject({
      code: 4,
      err: expect.stringMatching(/no client is served, and all sessions end .*; say --yes/),
    });
    expect(asked()).toEqual([]);
  });

  test('nothing is asked of an operator whose hands are off', async () => {
    world([{ spec: { paused: true } }]);
    for (const argv of [['restart'], ['hibernate', '--yes'], ['wake'], ['replace', '2', '--yes']])
      expect(await run(argv[0]!, 'demo', ...argv.slice(1)), argv[0]).toMatchObject({
        code: 4,
        err: expect.stringContaining('demo is paused, so '),
      });
    expect(asked()).toEqual([]);
  });
});

describe('promote', () => {
  test('has the leader hand over, by the command in its own pod', async () => {
    world([{}], [{ to: 'exec', out: '{"leader":2}\n' }]);
    expect((await run('promote', 'demo', 'demo-1')).out).toBe('member 2 (demo-1) leads now\n');
    expect(asked()).toEqual([
      'exec demo-0 --container=rookery -- rookery leader move 2 --json --timeout 10s',
    ]);
  });

  test('leaves the leader alone', async () => {
    world([{}]);
    expect((await run('promote', 'demo', '1')).out).toBe('member 1 (demo-0) leads already\n');
    expect(asked()).toEqual([]);
  });

  test.each([
    ['101', /demo-read-100 is a read replica, and never votes: .*spec\.replicas/],
    ['2', /demo-1 is not ready/],
    ['3', /demo-2 has no vote yet/],
    ['9', /demo has no member 9/],
    ['x', /"x" is no member of demo/],
  ])('of %s is refused', async (member, told) => {
    const members = [
      { ordinal: 0, role: 'leader' },
      { ordinal: 1, ready: false },
      { ordinal: 2, role: 'learner' },
      { ordinal: 100 },
    ];
    world([{ members }]);
    const ran = await run('promote', 'demo', member);
    expect(ran.code).not.toBe(0);
    expect(ran.err).toMatch(told);
  });

  test('says that an older image cannot do it', async () => {
    const err = 'error: Internal error: exec: "rookery": executable file not found in $PATH: unknown\n';
    world([{}], [{ to: 'exec', err, code: 1 }]);
    expect((await run('promote', 'demo', '2')).err).toMatch(/the image of demo-0 \(0\.3\.0\) has no rookery/);
  });

  test.each([
    'rookery: /tls/tls.crt cannot be read: ENOENT: no such file or directory',
    'rookery: demo-1:8080: there is no such host',
  ])('takes what the command in the pod says for its own words: %s', async (said) => {
    world([{}], [{ to: 'exec', err: `${said}\ncommand terminated with exit code 3\n`, code: 3 }]);
    expect(await run('promote', 'demo', '2')).toEqual({
      code: 4,
      out: '',
      err: `rookery: kubectl: ${said} command terminated with exit code 3\n`,
    });
  });
});

describe('replace', () => {
  const uid = (name: string): string => JSON.stringify({ metadata: { name, uid: `uid of ${name}` } });
  const objects: readonly Answer[] = [
    { to: 'get persistentvolumeclaims data-demo-1', out: uid('data-demo-1') },
    { to: 'get pods demo-1', out: uid('demo-1') },
    { to: 'delete', out: '{}' },
  ];

  test('gives up claim and pod as they were seen, the claim first, and waits for a member under another id', async () => {
    const voting = { ordinal: 0, role: 'leader' };
    const joined = { members: [voting, { ordinal: 1, raftId: 99 }, { ordinal: 2 }] };
    const joining = { members: [voting, { ordinal: 1, ready: false, raftId: 99 }, { ordinal: 2 }] };
    world([{}, joining, joined], objects);
    expect(await run('replace', 'demo', '2', '--yes')).toEqual({
      code: 0,
      out: 'demo: member 2 is made anew: done\n',
      err: '',
    });
    const deleted = kubectl.calls.filter(({ args }) => args.includes('delete'));
    expect(deleted.map(({ args, stdin }) => [args.at(-2), json(stdin).preconditions])).toEqual([
      ['--raw=/api/v1/namespaces/apps/persistentvolumeclaims/data-demo-1', { uid: 'uid of data-demo-1' }],
      ['--raw=/api/v1/namespaces/apps/pods/demo-1', { uid: 'uid of demo-1' }],
    ]);
  });

  test.each<[string, ClusterGiven, RegExp]>([
    ['the only voter', { members: [{ ordinal: 1, role: 'leader' }] }, /demo-1 is the only voter of demo/],
    [
      'one whose others are away',
      { members: [{ ordinal: 0, role: 'leader' }, { ordinal: 1 }, { ordinal: 2, ready: false }] },
      /demo-2 of demo is not ready/,
    ],
    [
      'one of an ensemble without a quorum',
      { conditions: { QuorumHealthy: 'Unknown' } },
      /no quorum that the operator sees/,
    ],
    [
      'one while something is under way',
      { status: { operation: { type: 'Scale' } } },
      /in the middle of Scale: wait/,
    ],
    [
      'one of a cluster that is about to hibernate',
      { spec: { hibernated: true } },
      /demo is hibernated: no member runs that could take the data over/,
    ],
  ])('of %s is refused', async (_what, given, told) => {
    world([given], objects);
    const ran = await run('replace', 'demo', '2', '--yes');
    expect(ran.code).toBe(4);
    expect(ran.err).toMatch(told);
    expect(asked()).toEqual([]);
  });

  test.each([
    ['replace', '2', '--yes'],
    ['promote', '2'],
    ['shell', '--member', '2'],
  ])(
    'of one that a hibernated cluster does not tell of, %s says that it sleeps',
    async (command, ...argv) => {
      world([{ spec: { hibernated: true }, members: [] }], [...objects, { to: 'get pods', out: list() }]);
      expect(await run(command, 'demo', ...argv)).toEqual({
        code: 4,
        out: '',
        err: 'rookery: demo is hibernated: no member runs; kubectl rookery wake demo starts them\n',
      });
      expect(asked()).toEqual([]);
    },
  );

  test('of a member that is away itself is what it is for', async () => {
    world(
      [{ members: [{ ordinal: 0, role: 'leader' }, { ordinal: 1, ready: false }, { ordinal: 2 }] }],
      objects,
    );
    expect((await run('replace', 'demo', '2', '--yes', '--no-wait')).code).toBe(0);
  });

  test('asks first', async () => {
    world([{}], objects);
    expect((await run('replace', 'demo', '2')).err).toMatch(
      /its volume data-demo-1 is deleted with all data on it.*say --yes/,
    );
    const no = { env: kubectl.env, terminal: true, stdin: 'n\n' };
    expect((await shell.runWith(no, 'kubectl', 'replace', 'demo', '2')).code).toBe(1);
    expect(asked()).toEqual([]);
  });
});

describe('shell', () => {
  test('is the prompt in a pod that is ready, or a container beside the member', async () => {
    world(
      [{ members: [{ ordinal: 0, ready: false }, { ordinal: 1, role: 'leader' }, { ordinal: 2 }] }],
      [{ to: 'exec|debug' }],
    );
    expect((await run('shell', 'demo')).code).toBe(0);
    expect((await run('shell', 'demo', '--member', '3', '--image', 'busybox')).code).toBe(0);
    expect(asked()).toEqual([
      'exec --stdin demo-1 --container=rookery -- rookery shell',
      'debug --stdin demo-2 --image=busybox --target=rookery --profile=restricted -- sh',
    ]);
  });

  test('says that an older image has none', async () => {
    world([{}], [{ to: 'exec', code: 126 }]);
    expect((await run('shell', 'demo')).err).toMatch(/has no rookery: .*--image IMAGE$/m);
  });
});
