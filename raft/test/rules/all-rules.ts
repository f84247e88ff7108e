import type { Rule } from '../support/rule.ts';
import { diskRules } from './disks.rules.ts';
import { electionRules } from './elections.rules.ts';
import { flowRules } from './flow.rules.ts';
import { forceRules } from './force.rules.ts';
import { membershipRules } from './membership.rules.ts';
import { preVoteRules } from './pre-votes.rules.ts';
import { readRules } from './reads.rules.ts';
import { replayRules } from './replay.rules.ts';
import { replicationRules } from './replication.rules.ts';
import { snapshotRules } from './snapshots.rules.ts';
import { suspectRules } from './suspects.rules.ts';
import { transferRules } from './transfers.rules.ts';

/** Every rule by subject. */
export const allRules: Record<string, readonly Rule[]> = {
  elections: electionRules,
  'pre-votes and broken links': preVoteRules,
  replication: replicationRules,
  'flow of appends': flowRules,
  membership: membershipRules,
  'forced recovery': forceRules,
  reads: readRules,
  'replay of what storage holds': replayRules,
  snapshots: snapshotRules,
  'leadership transfer': transferRules,
  'suspect members': suspectRules,
  'disks that take no writes': diskRules,
};
