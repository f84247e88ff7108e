import { adminToken, authNotRequired, fourLetterWords } from './checks/access.ts';
import { evenVoters, lag, memberAway, memberNotReady, quorum } from './checks/availability.ts';
import { certificates } from './checks/certificates.ts';
import { disk } from './checks/disk.ts';
import { elections } from './checks/elections.ts';
import { nearLimits } from './checks/limits.ts';
import { clocks, eventLoopDelay, slowSyncs } from './checks/time.ts';
import { featureLevel, provenDifference, versions } from './checks/versions.ts';
import type { Check, Examined } from './examined.ts';
import type { Finding } from './finding.ts';

/** In the order in which they are told: what stops writes comes first. */
const CHECKS: readonly Check[] = [
  quorum,
  memberAway,
  memberNotReady,
  disk,
  lag,
  certificates,
  nearLimits,
  provenDifference,
  versions,
  clocks,
  slowSyncs,
  eventLoopDelay,
  elections,
  evenVoters,
  featureLevel,
  adminToken,
  authNotRequired,
  fourLetterWords,
];

/** All that is found: first what is wrong, then advice. */
export function diagnose(examined: Examined): readonly Finding[] {
  const found = CHECKS.flatMap((check) => check(examined));
  return [
    ...found.filter(({ level }) => level === 'wrong'),
    ...found.filter(({ level }) => level === 'advice'),
  ];
}
