import type { Configuration, ConfigurationChange } from 'raft-ts-lite';
import type { Hello } from '../peers/peer-frames.ts';
import {
  decodeContext,
  encodeContext,
  type MemberContext,
  memberOf,
  NOBODY,
  type Reconfigured,
  type WantedMember,
} from './membership.ts';

/*
 * A client's reconfig in Raft's configuration. From the first one on the log says who is to be a member, not the configuration files: each
 * context names the entry of the newest reconfig and what its member is to be. Who is to vote and has not caught up is a learner until then, so
 * that no reconfig ever makes a majority of members which are not there.
 *
 *   [place]… ──► change ──► [promote]…
 *      │            └ one entry: all addresses, roles and removals. It is the reconfig; its zxid is the version of /zookeeper/config
 *      └ an id for each newcomer, which nobody is told of yet: an entry gives one only
 */

/** The newest reconfig; undefined where the configuration files decide: before the first one, and after a forced recovery. */
export function newestReconfig({ contexts, recovery }: Configuration): Reconfigured | undefined {
  let newest: Reconfigured | undefined;
  for (const text of contexts.values()) {
    const { reconfigured } = decodeContext(text);
    // While a change is in its joint phase, those that it removes still say what was said before it.
    const since = newest?.index ?? recovery?.index ?? 0;
    if (reconfigured !== undefined && reconfigured.index > since) newest = reconfigured;
  }
  return newest;
}

export type ReconfigStep =
  /** Gives one newcomer its id. */
  | { readonly kind: 'place'; readonly add: NonNullable<ConfigurationChange['add']> }
  | { readonly kind: 'change'; readonly change: Omit<ConfigurationChange, 'expectedIndex'> };

/**
 * The next step towards `members` being the members.
 *
 * @param nextIndex of the entry that the step will be
 * @param nowMs the leader's time, ms since 1970
 * @param hasCaughtUp whether the member with this Raft id may vote at once
 */
export function decideReconfig(
  configuration: Configuration,
  members: readonly WantedMember[],
  nextIndex: number,
  nowMs: number,
  hasCaughtUp: (raftId: number) => boolean,
): ReconfigStep {
  const newcomer = members.find(({ serverId }) => memberOf(configuration, serverId) === undefined);
  if (newcomer !== undefined) {
    const { role: _role, ...address } = newcomer;
    const context = encodeContext({ ...address, instance: NOBODY, isToCome: true });
    return { kind: 'place', add: [{ context, role: 'learner' }] };
  }
  const remove: number[] = [];
  const promote: number[] = [];
  const demote: number[] = [];
  const update: { id: number; context: string }[] = [];
  for (const [id, text] of configuration.contexts) {
    const { isToCome: _isToCome, electionPort: _electionPort, ...known } = decodeContext(text);
    const member = members.find(({ serverId }) => serverId === known.serverId);
    if (member === undefined) {
      remove.push(id);
      continue;
    }
    const { role, ...address } = member;
    const votes = configuration.voters.includes(id);
    if (votes && role === 'learner') demote.push(id);
    else if (!votes && role === 'voter' && hasCaughtUp(id)) promote.push(id);
    const reconfigured = { index: nextIndex, timeMs: nowMs, role };
    update.push({ id, context: encodeContext({ ...known, ...address, reconfigured }) });
  }
  return { kind: 'change', change: { remove, promote, demote, update } };
}

export interface ReconfiguredView {
  readonly selfId: number;
  readonly configuration: Configuration;
  readonly hellos: ReadonlyMap<number, Hello>;
  readonly caughtUp: (raftId: number) => boolean;
}

export type KeepStep =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'change';
      /** For the log. */
      readonly what: string;
      readonly serverId: number;
      readonly change: Omit<ConfigurationChange, 'expectedIndex'>;
    };

/**
 * What the leader owes to what reconfigs have said, one change at a time, decided afresh from what is seen: a place of a reconfig whose leader is
 * gone goes; who comes for a place gets it; who lost its disk gets another id; who is to vote and has caught up votes.
 */
export function keepReconfigured({ selfId, configuration, hellos, caughtUp }: ReconfiguredView): KeepStep {
  for (const [id, text] of configuration.contexts) {
    const context = decodeContext(text);
    const { serverId, instance, reconfigured } = context;
    const step = (what: string, change: Omit<ConfigurationChange, 'expectedIndex'>): KeepStep => ({
      kind: 'change',
      what,
      serverId,
      change,
    });
    if (context.isToCome === true)
      return step('a reconfig was not carried out to its end: taking back the place of a newcomer', {
        remove: [id],
      });
    const hello = hellos.get(serverId);
    if (id === selfId || hello === undefined) continue;
    if (hello.clusterId === '' && hello.instance !== instance) {
      const bound: MemberContext = { ...context, instance: hello.instance };
      if (instance === NOBODY)
        return step('the process of a member that a reconfig added has come', {
          update: [{ id, context: encodeContext(bound) }],
        });
      return step('member lost its data: it gets another id', {
        remove: [id],
        add: [{ context: encodeContext(bound), role: 'learner' }],
      });
    }
    const isLearner = configuration.learners.includes(id);
    if (isLearner && reconfigured?.role === 'voter' && hello.raftId === id && caughtUp(id))
      return step('learner promoted to voter: it has caught up', { promote: [id] });
  }
  return { kind: 'none' };
}

/** Whether a reconfig has left places behind, whoever decides on the membership now. */
export function holdsPlaces({ contexts }: Configuration): boolean {
  for (const text of contexts.values()) if (decodeContext(text).isToCome === true) return true;
  return false;
}
