import type { Configuration } from 'raft-ts-lite';
import { expect, test } from 'vitest';
import { Prng } from '../../../sim/prng.ts';
import {
  decideMembership,
  encodeContext,
  receive,
  type WantedMember,
} from '../../../src/replica/membership/membership.ts';
import type { Hello } from '../../../src/replica/peers/peer-frames.ts';
import { helloOf } from '../hellos.ts';

const SERVER_IDS = [1, 2, 3, 4, 5];
const wanted: readonly WantedMember[] = SERVER_IDS.map((serverId) => ({
  serverId,
  host: 'h',
  peerPort: serverId,
  clientHost: 'h',
  clientPort: serverId,
  role: serverId === 5 ? 'learner' : 'voter',
}));

/** A machine: a disk, which says who it is, and a process. Member 1 leads throughout. */
interface Machine {
  raftId: number;
  instance: number;
}

/**
 * One leader with five machines that lose their disks and restart at any time: whatever it decides commits. Nobody ever gets an id that
 * was given before, no id has two owners, and once nothing more goes wrong all are members in the role that the file names.
 */
function run(seed: number): { removals: number; admissions: number } {
  const prng = new Prng(seed, 'membership');
  const machines = new Map<number, Machine>(
    SERVER_IDS.map((serverId) => [serverId, { raftId: serverId === 5 ? 0 : serverId, instance: serverId }]),
  );
  const voters = [1, 2, 3, 4];
  let configuration: Configuration = {
    index: 4,
    voters,
    outgoing: [],
    learners: [],
    contexts: new Map(voters.map((id) => [id, contextOf(id, id)])),
  };
  /** Ids that are or were on some disk. */
  const owners = new Set(voters);
  const totals = { removals: 0, admissions: 0 };
  let instances = 10;
  let index = 4;

  const hellos = (): Map<number, Hello> => {
    const up = new Map<number, Hello>();
    for (const [serverId, { raftId, instance }] of machines) {
      if (serverId === 1) continue;
      const clusterId = raftId === 0 ? '' : 'ours';
      up.set(serverId, helloOf(serverId, { clusterId, raftId, started: raftId !== 0, instance }));
    }
    return up;
  };

  const lead = (connected: (serverId: number) => boolean): void => {
    const seen = new Map([...hellos()].filter(([serverId]) => connected(serverId)));
    const view = {
      selfId: 1,
      clusterId: 'ours',
      configuration,
      wanted,
      hellos: seen,
      caughtUp: () => prng.chance(0.7),
    };
    const { admit, outdated } = receive(view);
    for (const { serverId, raftId, instance } of admit) {
      const machine = machines.get(serverId)!;
      if (machine.instance !== instance || machine.raftId !== 0) continue;
      totals.admissions++;
      if (owners.has(raftId)) throw new Error(`seed ${seed}: id ${raftId} is given to a second disk`);
      owners.add(raftId);
      machine.raftId = raftId;
    }
    for (const serverId of outdated) machines.set(serverId, { raftId: 0, instance: ++instances });
    index++;
    const step = decideMembership(view);
    const contexts = new Map(configuration.contexts);
    switch (step.kind) {
      case 'none':
        return;
      case 'remove':
        totals.removals++;
        contexts.delete(step.raftId);
        configuration = {
          ...configuration,
          index,
          voters: configuration.voters.filter((id) => id !== step.raftId),
          learners: configuration.learners.filter((id) => id !== step.raftId),
          contexts,
        };
        return;
      case 'add':
        contexts.set(index, contextOf(step.member.serverId, step.instance));
        configuration = { ...configuration, index, learners: [...configuration.learners, index], contexts };
        return;
      case 'promote':
        configuration = {
          ...configuration,
          index,
          voters: [...configuration.voters, step.raftId],
          learners: configuration.learners.filter((id) => id !== step.raftId),
        };
        return;
      default:
        step satisfies never;
    }
  };

  for (let step = 0; step < 200; step++) {
    const machine = machines.get(prng.pick(SERVER_IDS.slice(1)))!;
    const restarts = machine.raftId === 0 && prng.chance(0.1);
    // What comes up on an empty disk is another process.
    if (restarts || prng.chance(0.03)) Object.assign(machine, { raftId: 0, instance: ++instances });
    const up = new Set(SERVER_IDS.filter(() => prng.chance(0.7)));
    lead((serverId) => up.has(serverId));
    const ids = [...machines.values()].map(({ raftId }) => raftId).filter((id) => id !== 0);
    if (new Set(ids).size !== ids.length)
      throw new Error(`seed ${seed}: two members hold one id: ${ids.join(', ')}`);
  }
  for (let round = 0; round < 100; round++) lead(() => true);
  for (const { serverId, role } of wanted) {
    const { raftId } = machines.get(serverId)!;
    const list = role === 'voter' ? configuration.voters : configuration.learners;
    if (!list.includes(raftId))
      throw new Error(`seed ${seed}: member ${serverId} (id ${raftId}) never became a ${role}`);
  }
  return totals;
}

function contextOf(serverId: number, instance: number): string {
  return encodeContext({
    serverId,
    host: 'h',
    peerPort: serverId,
    clientHost: 'h',
    clientPort: serverId,
    instance,
  });
}

test('a leader makes everybody a member again under ids that nobody had, whoever loses a disk, whenever', () => {
  const totals = { removals: 0, admissions: 0 };
  for (let seed = 1; seed <= 100; seed++) {
    const { removals, admissions } = run(seed);
    totals.removals += removals;
    totals.admissions += admissions;
  }
  expect(totals.removals).toBeGreaterThan(200);
  expect(totals.admissions).toBeGreaterThan(200);
});
