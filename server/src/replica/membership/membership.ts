import type { Configuration } from 'raft-ts-lite';
import { FIRST_LEVEL } from '../../model/feature-level.ts';
import type { Hello } from '../peers/peer-frames.ts';

/** No process has this instance: what an administrator adds is a place for one that is to come. */
export const NOBODY = 0;

/** What the configuration remembers of each member, as JSON in Raft's opaque context. */
export interface MemberContext {
  readonly serverId: number;
  readonly host: string;
  readonly peerPort: number;
  /** ZooKeeper's, where it was said: nobody listens there, and `/zookeeper/config` shows it. */
  readonly electionPort?: number;
  readonly clientHost: string;
  readonly clientPort: number;
  /** The `instance` of the process that was admitted; NOBODY: none has come yet. */
  readonly instance: number;
  /** It proves a version: it never gets a vote, and what it can run counts for nothing. */
  readonly provesVersion?: true;
  /** At genesis, on each member alike: the feature level with which the cluster begins, where it is not the first one. */
  readonly genesisLevel?: number;
  /** What a client's reconfig said, as every member's context says since then (reconfigured.ts). */
  readonly reconfigured?: Reconfigured;
  /** A place in a reconfig that is being carried out, of which nobody is told before all of it is. */
  readonly isToCome?: true;
}

export interface Reconfigured {
  /** Index of the entry that carried it out. */
  readonly index: number;
  /** When, ms since 1970. */
  readonly timeMs: number;
  /** What the member is to be; a voter votes once it has caught up. */
  readonly role: 'voter' | 'learner';
}

export function encodeContext(context: MemberContext): string {
  return JSON.stringify(context);
}

/** Throws where the text was not written by `encodeContext`: the log itself is damaged then. */
export function decodeContext(text: string): MemberContext {
  return JSON.parse(text) as MemberContext;
}

/** Why no member could go on with this configuration, for a person; undefined where one can. What others send is looked at before it is kept. */
export function unusableMembers({ voters, learners, contexts }: Configuration): string | undefined {
  for (const id of [...voters, ...learners])
    if (!contexts.has(id)) return `nothing is said of the member with id ${id}`;
  for (const [id, text] of contexts)
    if (!isContext(text)) return `what is said of the member with id ${id} cannot be read`;
  return undefined;
}

function isContext(text: string): boolean {
  try {
    const { serverId, host, peerPort, clientHost, clientPort, instance } = decodeContext(text);
    const numbers = [serverId, peerPort, clientPort, instance];
    return numbers.every(Number.isSafeInteger) && typeof host === 'string' && typeof clientHost === 'string';
  } catch {
    return false;
  }
}

/** The feature level with which a cluster of this genesis begins. */
export function genesisLevel({ contexts }: Configuration): number {
  for (const text of contexts.values()) return decodeContext(text).genesisLevel ?? FIRST_LEVEL;
  return FIRST_LEVEL;
}

/** A member that the configuration file names, or a client's reconfig. */
export interface WantedMember {
  readonly serverId: number;
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort?: number;
  readonly clientHost: string;
  readonly clientPort: number;
  readonly role: 'voter' | 'learner';
}

export interface MembershipView {
  readonly selfId: number;
  readonly clusterId: string;
  readonly configuration: Configuration;
  readonly wanted: readonly WantedMember[];
  /** The newest hello of each server id whose link is up. */
  readonly hellos: ReadonlyMap<number, Hello>;
  /** Has this learner nearly all of the log? */
  readonly caughtUp: (raftId: number) => boolean;
}

export type MembershipStep =
  | { readonly kind: 'none' }
  /** The member lost its disk (or came back with one of an earlier life): its id is never used again. */
  | { readonly kind: 'remove'; readonly raftId: number; readonly serverId: number }
  | { readonly kind: 'add'; readonly member: WantedMember; readonly instance: number }
  | { readonly kind: 'promote'; readonly raftId: number; readonly serverId: number };

export type AdmissionStep =
  | { readonly kind: 'none' }
  /** An empty process has come for a member that was added before there was one: from now on the id is that process's. */
  | { readonly kind: 'bind'; readonly raftId: number; readonly context: MemberContext };

export interface Reception {
  /** Members that were added and wait for their grant. */
  readonly admit: readonly {
    readonly serverId: number;
    readonly raftId: number;
    readonly instance: number;
  }[];
  /** Members whose data belong to a removed id. */
  readonly outdated: readonly number[];
}

/** The server id's member in this configuration: [raft id, context]. */
export function memberOf(
  configuration: Configuration,
  serverId: number,
): [number, MemberContext] | undefined {
  for (const [raftId, text] of configuration.contexts) {
    const context = decodeContext(text);
    if (context.serverId === serverId) return [raftId, context];
  }
  return undefined;
}

/**
 * What the leader does about membership where a configuration file names the members: one change at a time, decided afresh from
 * what is seen. A member that shows an empty disk is removed, comes back as a learner under a new id, and votes again
 * once it has caught up. Server ids that the file no longer names are left alone: removing a voter is a decision of people.
 */
export function decideMembership(view: MembershipView): MembershipStep {
  if (view.configuration.outgoing.length > 0) return { kind: 'none' };
  for (const wanted of view.wanted) {
    const hello = view.hellos.get(wanted.serverId);
    const current = memberOf(view.configuration, wanted.serverId);
    if (current === undefined) {
      if (hello !== undefined && hello.clusterId === '') {
        return { kind: 'add', member: wanted, instance: hello.instance };
      }
      continue;
    }
    const [raftId, context] = current;
    if (raftId === view.selfId || hello === undefined) continue;
    if (hello.clusterId === '' && hello.instance !== context.instance) {
      return { kind: 'remove', raftId, serverId: wanted.serverId };
    }
    const learner = view.configuration.learners.includes(raftId);
    if (wanted.role === 'voter' && learner && hello.raftId === raftId && view.caughtUp(raftId)) {
      return { kind: 'promote', raftId, serverId: wanted.serverId };
    }
  }
  return { kind: 'none' };
}

/**
 * What the leader does about membership where callers of /admin/members decide: nothing but to give a place that waits to the process that
 * comes for it. One that comes with an empty disk later has lost it, and its id with it: that is for the callers to see and to replace.
 */
export function decideAdmission(view: Pick<MembershipView, 'configuration' | 'hellos'>): AdmissionStep {
  if (view.configuration.outgoing.length > 0) return { kind: 'none' };
  for (const [raftId, text] of view.configuration.contexts) {
    const context = decodeContext(text);
    if (context.instance !== NOBODY) continue;
    const hello = view.hellos.get(context.serverId);
    if (hello !== undefined && hello.clusterId === '')
      return { kind: 'bind', raftId, context: { ...context, instance: hello.instance } };
  }
  return { kind: 'none' };
}

/** Whom the leader must admit, and whom each member must tell that they are outdated, now that `configuration` is committed. */
export function receive(
  view: Pick<MembershipView, 'clusterId' | 'configuration' | 'hellos' | 'selfId'>,
): Reception {
  const admit: { serverId: number; raftId: number; instance: number }[] = [];
  const outdated: number[] = [];
  for (const [serverId, hello] of view.hellos) {
    const current = memberOf(view.configuration, serverId);
    if (hello.clusterId === '') {
      if (current !== undefined && current[1].instance === hello.instance) {
        admit.push({ serverId, raftId: current[0], instance: hello.instance });
      }
    } else if (hello.clusterId === view.clusterId && hello.raftId !== current?.[0]) {
      // An id is the index of the entry that added it: one beyond this configuration is ahead of it, not behind.
      if (
        hello.raftId <= view.configuration.index &&
        hello.raftId < (current?.[0] ?? Number.POSITIVE_INFINITY)
      )
        outdated.push(serverId);
    }
  }
  return { admit, outdated };
}
