import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EnsembleFollower } from '../../src/migration/ensemble-follower.ts';
import { CutError, Migration } from '../../src/migration/migration.ts';
import { rolesOf } from '../../src/migration/roles.ts';
import { HeldState } from '../../src/zookeeper-learner/held-state.ts';
import { StandInLeader } from './stand-in-leader.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const WAIT = { timeout: 5_000, interval: 5 };

let leader: StandInLeader;
let follower: EnsembleFollower;
let migration: Migration;
/** What happened there, in order. */
let steps: string[];
/** Whom stopping fails of. */
let unstoppable: number;
let takeOver: (zxid: string) => Promise<void>;

beforeEach(async () => {
  leader = await StandInLeader.start();
  const { port } = leader;
  leader.config = `server.1=a:${port}:1\nserver.2=127.0.0.1:${port}:2\nserver.3=c:${port}:3`;
  steps = [];
  unstoppable = 0;
  takeOver = async () => {};
  let sessions = 1;
  const held = new HeldState({ hashSeed: 1, newSessionId: () => sessions++, attachIndex: 0 });
  const dial = () => connect(port, '127.0.0.1');
  follower = new EnsembleFollower([{ address: `127.0.0.1:${port}`, dial }], 4242, held, silent);
  migration = new Migration(
    follower,
    {
      stop: async ({ serverId }) => {
        if (serverId === unstoppable) throw new Error('it runs on');
        steps.push(`stopped ${serverId}, ${leader.learners} learners`);
      },
      takeOver: async ({ zxid }) => {
        steps.push(`taken over at ${zxid.toString(16)}`);
        await takeOver(zxid.toString(16));
      },
    },
    silent,
  );
  follower.start();
  await vi.waitFor(() => expect(migration.status).toMatchObject({ phase: 'following', isExact: true }), WAIT);
});

afterEach(async () => {
  await follower.stop();
  if (migration.status.phase === 'following') await migration.callOff();
  await leader.stop();
});

describe('an ensemble that is followed', () => {
  test('has an observer, which holds what the leader sent, and goes without a trace when it is called off', async () => {
    expect(migration.status).toMatchObject({ zxid: '0x100000003', nodes: 6, sessions: 1, stopped: [] });
    await migration.callOff();
    await vi.waitFor(() => expect(leader.learners).toBe(0), WAIT);
    expect(leader.heard).toEqual(['observer 4242']);
    expect(migration.status.phase).toBe('called-off');
    await expect(migration.cut()).rejects.toThrow(CutError);
  });

  test('is followed again when the connection broke, from where it was', async () => {
    leader.dropAll();
    await vi.waitFor(() => expect(leader.heard).toEqual(['observer 4242', 'observer 4242']), WAIT);
    await vi.waitFor(() => expect(migration.status.phase).toBe('following'), WAIT);
    expect(migration.status.snapshots).toBe(1);
  });
});

describe('the cut', () => {
  test('stands in for the first follower before the second is stopped, fences behind a mark, and only then has the leader stopped', async () => {
    leader.beforeMark = () => {
      leader.propose(4);
      leader.propose(5);
    };
    await migration.cut();
    expect(migration.status.phase).toMatch(/fenced|taken-over/);
    await vi.waitFor(() => expect(migration.status.phase).toBe('taken-over'), WAIT);
    expect(leader.heard).toEqual([
      'observer 4242',
      'voter 1',
      'mark',
      '1 acknowledged 4',
      '1 acknowledged 5',
    ]);
    expect(steps).toEqual([
      'stopped 1, 1 learners',
      'stopped 3, 1 learners',
      expect.stringMatching(/^stopped 2/),
      'taken over at 100000005',
    ]);
    expect(migration.status.stopped).toEqual([1, 3, 2]);
    await expect(migration.callOff()).rejects.toThrow(CutError);
  });

  test('acknowledges nothing that is proposed behind the fence', async () => {
    let release: () => void = () => {};
    takeOver = () => new Promise((resolve) => (release = resolve));
    await migration.cut();
    const heard = leader.heard.length;
    leader.propose(4);
    await vi.waitFor(() => expect(leader.learners).toBe(0), WAIT);
    expect(leader.heard.length).toBe(heard);
    release();
    await vi.waitFor(() => expect(migration.status.phase).toBe('taken-over'), WAIT);
  });

  test('that cannot stop a member follows again, and says which to start', async () => {
    unstoppable = 3;
    await expect(migration.cut()).rejects.toThrow(
      'it runs on; to go on with the former ensemble, start server 1 (a)',
    );
    await vi.waitFor(() => expect(migration.status.phase).toBe('following'), WAIT);
    expect(leader.heard).toEqual(['observer 4242', 'voter 1', 'observer 4242']);
    unstoppable = 0;
    await migration.cut();
    await vi.waitFor(() => expect(migration.status.phase).toBe('taken-over'), WAIT);
  });

  test('whose leader is lost before the fence follows again, and says in which order to start them', async () => {
    leader.beforeMark = () => leader.dropAll();
    await expect(migration.cut()).rejects.toThrow(
      'start server 1 (a); only once it serves again, start server 3 (c)',
    );
    await vi.waitFor(() => expect(migration.status.phase).toBe('following'), WAIT);
    expect(steps.some((step) => step.startsWith('taken over'))).toBe(false);
  });

  test('that cannot take over behind the fence says that the leader goes first, and keeps nothing back', async () => {
    takeOver = () => Promise.reject(new Error('the disk is full'));
    await migration.cut();
    await vi.waitFor(() => expect(migration.status.phase).toBe('failed'), WAIT);
    expect(migration.status.problem).toBe(
      'the disk is full; to go on with the former ensemble, start server 2 (127.0.0.1) and server 1 (a); only once it serves again, start server 3 (c)',
    );
  });
});

describe('who is stopped when', () => {
  const member = (serverId: number, host = `h${serverId}`) => ({
    serverId,
    host,
    quorumPort: 2888,
    electionPort: 3888,
    isVoter: serverId < 6,
  });
  const five = { isWeighted: false, members: [1, 2, 3, 4, 5, 6].map((id) => member(id)) };
  const ids = (members: readonly { readonly serverId: number }[]) => members.map(({ serverId }) => serverId);

  test('of five voters two are stood in for, so that with the leader they are just a majority', () => {
    const roles = rolesOf(five, 'h4:2888');
    if ('refused' in roles) throw new Error(roles.refused);
    expect(ids([roles.leader])).toEqual([4]);
    expect(ids(roles.replaced)).toEqual([1, 2]);
    expect(ids(roles.others)).toEqual([3, 5]);
    expect(ids(roles.observers)).toEqual([6]);
  });

  test('a leader may be known by the first label of its name, where that is nobody else', () => {
    const named = { isWeighted: false, members: [member(1, 'zk-0.zk.svc'), member(2, 'zk-1.zk.svc')] };
    expect(rolesOf(named, 'zk-1:2888')).toMatchObject({ leader: { serverId: 2 } });
    expect(rolesOf(named, 'zk-7:2888')).toHaveProperty('refused');
  });

  test('votes with weights are refused', () => {
    expect(rolesOf({ ...five, isWeighted: true }, 'h4:2888')).toHaveProperty('refused');
  });
});
