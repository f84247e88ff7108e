import type { Rule } from '../support/rule.ts';
import { electionRules } from './elections.rules.ts';
import { preVoteRules } from './pre-votes.rules.ts';

/** Every rule by subject. */
export const allRules: Record<string, readonly Rule[]> = {
  elections: electionRules,
  'pre-votes and broken links': preVoteRules,
};
