import type { Configuration, Raft } from 'raft-ts-lite';
import { canRun } from '../../model/feature-level.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MemberIdentity } from '../../storage/recovered.ts';
import type { Links } from '../peers/links.ts';
import { writeOutdated } from '../peers/peer-frames.ts';
import type { Replica } from '../replica.ts';
import type { StateMachine } from '../state-machine.ts';
import { sendGrant } from './bootstrap.ts';
import {
  decideAdmission,
  decideMembership,
  encodeContext,
  receive,
  type WantedMember,
} from './membership.ts';
import { holdsPlaces, keepReconfigured, newestReconfig } from './reconfigured.ts';

/**
 * Any member that has a leader tells those whose id the committed configuration does not hold any more: they believe a majority only
 * (outdated-voices.ts).
 */
function tellOutdated(
  identity: MemberIdentity,
  configuration: Configuration,
  { leader, term }: Pick<Raft, 'leader' | 'term'>,
  links: Links,
): void {
  const { raftId: selfId, clusterId } = identity;
  if (leader === 0 || !configuration.contexts.has(selfId)) return;
  for (const serverId of receive({ selfId, clusterId, configuration, hellos: links.hellos() }).outdated) {
    const outbox = links.outbox(serverId);
    if (outbox !== undefined) writeOutdated(outbox, { clusterId, term });
  }
}

/** Tells who is outdated; then does what a leader owes to members that lost their data, join or have caught up: one step a call. */
export function keepMembership(parts: {
  readonly replica: Replica;
  readonly identity: MemberIdentity;
  readonly machine: Pick<StateMachine, 'configuration' | 'featureLevel'>;
  readonly wanted: readonly WantedMember[];
  /** Whose decisions the leader carries out: those of its configuration file, and from the first one on clients' reconfigs; or those of callers of
   * /admin/members. */
  readonly config: { readonly membership: 'file' | 'admin' };
  readonly reconfigs: { readonly led: { readonly isActive: boolean } };
  readonly links: Links;
  readonly log: Logger;
}): void {
  const { replica, identity, links, log } = parts;
  const { raft } = replica;
  tellOutdated(identity, parts.machine.configuration, raft, links);
  if (!replica.leading || raft.changeInFlight) return;
  // Whoever cannot run the feature level in force is given no place and no vote; level-watch.ts says so.
  const { featureLevel } = parts.machine;
  const hellos = new Map([...links.hellos()].filter(([, { levels }]) => canRun(levels, featureLevel)));
  const view = {
    selfId: identity.raftId,
    clusterId: identity.clusterId,
    configuration: raft.configuration,
    wanted: parts.wanted,
    hellos,
    caughtUp: (raftId: number) => replica.isCaughtUp(raftId),
  };
  const { admit } = receive(view);
  for (const { serverId, raftId, instance } of admit) sendGrant(links, identity, serverId, raftId, instance);
  if (parts.reconfigs.led.isActive) return;
  const expectedIndex = raft.configuration.index;
  if (newestReconfig(raft.configuration) !== undefined || holdsPlaces(raft.configuration)) {
    const kept = keepReconfigured(view);
    if (kept.kind === 'none') return;
    const { refused } = raft.proposeConfiguration({ expectedIndex, ...kept.change });
    if (refused === undefined) log.info({ serverId: kept.serverId, ...kept.change }, kept.what);
    replica.wake();
    return;
  }
  const step = parts.config.membership === 'admin' ? decideAdmission(view) : decideMembership(view);
  switch (step.kind) {
    case 'none':
      return;
    case 'bind': {
      const update = [{ id: step.raftId, context: encodeContext(step.context) }];
      if (raft.proposeConfiguration({ expectedIndex, update }).refused === undefined) {
        const { serverId } = step.context;
        log.info({ serverId, raftId: step.raftId }, 'the process of an added member has come');
      }
      break;
    }
    case 'remove':
      if (raft.proposeConfiguration({ expectedIndex, remove: [step.raftId] }).refused === undefined) {
        log.warn({ serverId: step.serverId, raftId: step.raftId }, 'member lost its data: removing its id');
      }
      break;
    case 'add': {
      const { role: _role, ...address } = step.member;
      const context = encodeContext({ ...address, instance: step.instance });
      const result = raft.proposeConfiguration({ expectedIndex, add: [{ context, role: 'learner' }] });
      if (result.refused === undefined)
        log.info({ serverId: address.serverId, raftId: result.added }, 'adding member as learner');
      break;
    }
    case 'promote':
      if (raft.proposeConfiguration({ expectedIndex, promote: [step.raftId] }).refused === undefined) {
        log.info(
          { serverId: step.serverId, raftId: step.raftId },
          'learner promoted to voter: it has caught up',
        );
      }
      break;
    default:
      step satisfies never;
  }
  replica.wake();
}
