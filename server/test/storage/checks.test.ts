import { test } from 'vitest';
import { checkBadTailKeepsVote } from './checks/bad-tail-keeps-vote.ts';
import { checkFailedNames } from './checks/failed-names.ts';
import { checkFailureElsewhere } from './checks/failure-elsewhere.ts';
import { checkInstallCrash } from './checks/install-crash.ts';
import { checkPurgeCrash } from './checks/purge-crash.ts';
import { checkRecordPlaces } from './checks/record-places.ts';
import { checkSuspicionStays } from './checks/suspicion-stays.ts';
import { checkUnsyncedVote } from './checks/unsynced-vote.ts';
import { checkVanishedSegment } from './checks/vanished-segment.ts';
import { checkVoteSlots } from './checks/vote-slots.ts';

// Each is also run against the planted bugs.
test('acknowledges no Write beside a failure elsewhere on the disk', checkFailureElsewhere);
test('drops the log that contradicts a snapshot whose install was cut short', checkInstallCrash);
test('finds a whole log after a crash in the middle of a purge', checkPurgeCrash);
test('notices records that are missing, repeated or exchanged', checkRecordPlaces);
test('stays suspect over openings, new segments and the purge of old ones', checkSuspicionStays);
test('makes names durable whose folder sync failed in an earlier process', checkFailedNames);
test('remembers term and vote although the tail of the log goes bad', checkBadTailKeepsVote);
test('goes on with the other copy of term and vote where one goes bad, and is suspect', checkVoteSlots);
test('notices that the newest segment vanished', checkVanishedSegment);
test('makes a vote durable that an earlier process wrote and did not sync', checkUnsyncedVote);
