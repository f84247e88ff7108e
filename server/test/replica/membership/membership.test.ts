import type { Configuration } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import {
  decideAdmission,
  decideMembership,
  decodeContext,
  encodeContext,
  type MembershipView,
  memberOf,
  NOBODY,
  receive,
  type WantedMember,
} from '../../../src/replica/membership/membership.ts';
import type { Hello } from '../../../src/replica/peers/peer-frames.ts';
import { helloOf } from '../hellos.ts';

const CLUSTER = 'ours';

function wantedOf(serverId: number, role: WantedMember['role'] = 'voter'): WantedMember {
  return {
    serverId,
    host: `h${serverId}`,
    peerPort: 3000 + serverId,
    clientHost: `h${serverId}`,
    clientPort: 2180 + serverId,
    role,
  };
}

function contextOf(serverId: number, instance = serverId * 100): string {
  const { role: _role, ...address } = wantedOf(serverId);
  return encodeContext({ ...address, instance });
}

/** Server ids 1 to 3 as Raft ids 1 to 3, of which the first leads. */
const three: Configuration = {
  index: 3,
  voters: [1, 2, 3],
  outgoing: [],
  learners: [],
  contexts: new Map([1, 2, 3].map((serverId) => [serverId, contextOf(serverId)])),
};

function viewOf(changes: Partial<MembershipView> = {}, hellos: readonly Hello[] = []): MembershipView {
  return {
    selfId: 1,
    clusterId: CLUSTER,
    configuration: three,
    wanted: [1, 2, 3].map((serverId) => wantedOf(serverId)),
    hellos: new Map(hellos.map((hello) => [hello.serverId, hello])),
    caughtUp: () => true,
    ...changes,
  };
}

function memberHello(serverId: number, raftId = serverId): Hello {
  return helloOf(serverId, { clusterId: CLUSTER, raftId, started: true, running: true });
}

describe('the leader changes nothing', () => {
  test('where everybody is who they were', () => {
    expect(decideMembership(viewOf({}, [memberHello(2), memberHello(3)])).kind).toBe('none');
  });

  test('for members whose links are down: they may come back with their data', () => {
    expect(decideMembership(viewOf({}, [memberHello(3)])).kind).toBe('none');
  });

  test('while a joint consensus is under way', () => {
    const configuration = { ...three, outgoing: [1, 2, 3] };
    expect(decideMembership(viewOf({ configuration }, [helloOf(2, { instance: 7 })])).kind).toBe('none');
  });

  test('about members that the file no longer names', () => {
    const wanted = [wantedOf(1), wantedOf(2)];
    expect(decideMembership(viewOf({ wanted }, [memberHello(2), helloOf(3, { instance: 7 })])).kind).toBe(
      'none',
    );
  });

  test('about a member that was admitted and has not got its grant yet: the same process still waits', () => {
    const hello = helloOf(3, { instance: 300 });
    expect(decideMembership(viewOf({}, [memberHello(2), hello])).kind).toBe('none');
    expect(receive(viewOf({}, [hello])).admit).toEqual([{ serverId: 3, raftId: 3, instance: 300 }]);
  });

  test('about itself, whatever a hello says', () => {
    expect(decideMembership(viewOf({}, [helloOf(1, { instance: 7 })])).kind).toBe('none');
  });

  test('about a member with data of another cluster: people must look', () => {
    const foreign = helloOf(2, { clusterId: 'theirs', raftId: 2, started: true });
    expect(decideMembership(viewOf({}, [foreign])).kind).toBe('none');
    expect(receive(viewOf({}, [foreign]))).toEqual({ admit: [], outdated: [] });
  });
});

describe('a member that lost its disk', () => {
  const lost = helloOf(2, { instance: 7 });

  test('is removed first, by the id that it had', () => {
    expect(decideMembership(viewOf({}, [lost, memberHello(3)]))).toEqual({
      kind: 'remove',
      raftId: 2,
      serverId: 2,
    });
  });

  test('is not admitted under the id that it had', () => {
    expect(receive(viewOf({}, [lost])).admit).toEqual([]);
  });

  test('is added as a new one once it is gone, as the process that asks', () => {
    const configuration = withoutMember(three, 2);
    expect(decideMembership(viewOf({ configuration }, [lost, memberHello(3)]))).toEqual({
      kind: 'add',
      member: wantedOf(2),
      instance: 7,
    });
  });

  test('gets its grant under the new id, and another process of that server id does not', () => {
    const configuration = withLearner(withoutMember(three, 2), 9, 2, 7);
    expect(receive(viewOf({ configuration }, [lost])).admit).toEqual([
      { serverId: 2, raftId: 9, instance: 7 },
    ]);
    expect(receive(viewOf({ configuration }, [helloOf(2, { instance: 8 })])).admit).toEqual([]);
    expect(decideMembership(viewOf({ configuration }, [helloOf(2, { instance: 8 })]))).toEqual({
      kind: 'remove',
      raftId: 9,
      serverId: 2,
    });
  });

  test('votes again once it has caught up, not before, and not by a hello of its old life', () => {
    const configuration = withLearner(withoutMember(three, 2), 9, 2, 7);
    const hellos = [memberHello(2, 9), memberHello(3)];
    const promote = { kind: 'promote', raftId: 9, serverId: 2 };
    expect(decideMembership(viewOf({ configuration }, hellos))).toEqual(promote);
    expect(decideMembership(viewOf({ configuration, caughtUp: () => false }, hellos)).kind).toBe('none');
    expect(decideMembership(viewOf({ configuration }, [memberHello(2, 2)])).kind).toBe('none');
  });
});

describe('a member that comes back with the data of a removed id', () => {
  const configuration = withLearner(withoutMember(three, 2), 9, 2, 7);

  test('is told so', () => {
    expect(receive(viewOf({ configuration }, [memberHello(2, 2)])).outdated).toEqual([2]);
    expect(receive(viewOf({ configuration: withoutMember(three, 2) }, [memberHello(2)])).outdated).toEqual([
      2,
    ]);
  });

  test('is not told so by one whose configuration is older than its id: it joined since', () => {
    const former = { ...three, index: 20 };
    expect(receive(viewOf({ configuration: former }, [memberHello(4, 21)])).outdated).toEqual([]);
    expect(receive(viewOf({ configuration: former }, [memberHello(4, 20)])).outdated).toEqual([4]);
  });

  test('is not told so where it knows more than this leader', () => {
    expect(receive(viewOf({ configuration }, [memberHello(2, 12)])).outdated).toEqual([]);
  });
});

describe('learners', () => {
  test('that the file names stay learners', () => {
    const wanted = [wantedOf(1), wantedOf(2), wantedOf(3), wantedOf(4, 'learner')];
    const configuration = withLearner(three, 9, 4, 400);
    expect(decideMembership(viewOf({ wanted, configuration }, [memberHello(4, 9)])).kind).toBe('none');
    expect(decideMembership(viewOf({ wanted }, [helloOf(4)]))).toEqual({
      kind: 'add',
      member: wantedOf(4, 'learner'),
      instance: 400,
    });
  });
});

describe('what the configuration remembers of a member', () => {
  test('comes out as it went in', () => {
    const { role: _role, ...address } = wantedOf(7);
    const context = { ...address, instance: 4_294_967_296 };
    expect(decodeContext(encodeContext(context))).toEqual(context);
  });

  test('is found by server id', () => {
    expect(memberOf(three, 2)?.[0]).toBe(2);
    expect(memberOf(three, 4)).toBeUndefined();
  });
});

function withoutMember(configuration: Configuration, raftId: number): Configuration {
  const contexts = new Map(configuration.contexts);
  contexts.delete(raftId);
  return { ...configuration, voters: configuration.voters.filter((id) => id !== raftId), contexts };
}

function withLearner(
  configuration: Configuration,
  raftId: number,
  serverId: number,
  instance: number,
): Configuration {
  const contexts = new Map(configuration.contexts).set(raftId, contextOf(serverId, instance));
  return { ...configuration, learners: [...configuration.learners, raftId], contexts };
}

describe('where callers decide who is a member', () => {
  const waiting: Configuration = {
    ...three,
    index: 9,
    learners: [9],
    contexts: new Map([...three.contexts, [9, contextOf(4, NOBODY)]]),
  };
  const empty = helloOf(4, { instance: 77 });

  test('a place that waits goes to the empty process that comes for it', () => {
    const step = decideAdmission(viewOf({ configuration: waiting }, [empty]));
    expect(step).toMatchObject({ kind: 'bind', raftId: 9, context: { serverId: 4, instance: 77 } });
  });

  test.each<[string, Configuration, Hello[]]>([
    ['nobody comes for it', waiting, [helloOf(3, { instance: 77 })]],
    ['who comes has data', waiting, [helloOf(4, { clusterId: CLUSTER, raftId: 2, started: true })]],
    ['a joint consensus is under way', { ...waiting, outgoing: [1] }, [empty]],
    [
      'a process had it already',
      { ...waiting, contexts: new Map([...three.contexts, [9, contextOf(4, 76)]]) },
      [empty],
    ],
    ['a member lost its data', three, [helloOf(3, { instance: 77 })]],
    ['nobody was added', three, [empty]],
  ])('nothing happens where %s', (_what, configuration, hellos) => {
    expect(decideAdmission(viewOf({ configuration }, hellos)).kind).toBe('none');
  });
});
