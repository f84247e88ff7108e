import assert from 'node:assert/strict';
import { Machines } from '../machine/machines.ts';
import type { Context, Scenario } from '../scenario.ts';
import { type Account, runUnderWeight } from '../weight/run.ts';

const MEBIBYTE = 1024 * 1024;
const LIMITS = { diskBytes: 300 * MEBIBYTE, memoryBytes: 512 * MEBIBYTE, descriptors: 512 };
/** Without an acknowledged write, whatever the fault: the longest of the plan, an election, and a client's patience. */
const MAX_GAP_MS = 15_000;
/** Where some of the writers are at other members: an election alone. */
const MAX_GAP_ELSEWHERE_MS = 5_000;
/** Memory is judged only once garbage collection and restarts have evened out. */
const MIN_MINUTES_FOR_MEMORY = 20;
const MEMORY_GROWTH = 1.25;

export const longRun: Scenario = {
  name: 'long-run',
  proves:
    'mixed load and faults on small machines: nothing lost or doubled, nobody ends by himself, no needless election',
  against: ['rookery'],
  needs: ['machines'],
  run: async (context) => {
    const machines = new Machines(3, LIMITS);
    try {
      const ensemble = await context.startEnsemble({ sites: machines.machines });
      try {
        const { longRunMinutes } = context.tier;
        context.note(`seed ${context.seed}, ${longRunMinutes} minutes`);
        const account = await runUnderWeight(
          ensemble,
          machines.machines,
          longRunMinutes,
          context.seed,
          context.note,
        );
        return judge(account, context);
      } finally {
        for (const { disk } of machines.machines) disk.resume();
        await ensemble.stop();
      }
    } finally {
      machines.remove();
    }
  },
};

function judge({ load, observer, capacity, struck, warmMs, unexplained }: Account, context: Context): string {
  const { tally } = load;
  const memory = observer.memory(warmMs);
  const longestGapMs = Math.max(0, ...struck.map(({ gapMs }) => gapMs));
  const gapsElsewhere = struck.filter(({ writersThere }) => writersThere < 1).map(({ gapMs }) => gapMs);
  const longestElsewhereMs = Math.max(0, ...gapsElsewhere);
  const longestRecoveryMs = Math.max(0, ...struck.map(({ recoveryMs }) => recoveryMs));
  const worst = struck.find(({ gapMs }) => gapMs === longestGapMs);
  for (const line of [...tally.problems, ...observer.ended, ...unexplained]) context.note(line);
  const facts = [
    `${tally.acknowledged} writes of ${Math.round(tally.acknowledgedBytes / MEBIBYTE)} MiB and ${tally.reads} reads (${Math.round(capacity)}/s at most)`,
    `${tally.refused} refused, ${tally.inDoubt} sets in doubt of which ${tally.inDoubtDone} were done, ${tally.notOffered} not offered`,
    `${tally.events} events`,
    `${struck.length} faults, longest gap ${Math.round(longestGapMs)} ms (${worst === undefined ? 'none' : `${worst.fault.name}, ${Math.round(worst.writersThere * 100)} % of the writers there`}; ${Math.round(longestElsewhereMs)} ms where some were elsewhere), longest until all were back ${(longestRecoveryMs / 1000).toFixed(1)} s`,
    `${tally.sessionsLost} sessions lost, ${unexplained.length} elections unexplained, ${observer.ended.length} members ended by themselves`,
    `memory, first and last third and peak: ${memory.map(({ first, last, peak }) => `${first.toFixed(0)}, ${last.toFixed(0)}, ${peak.toFixed(0)}`).join('; ')} MiB`,
    `disks at most ${observer
      .peakDisk()
      .map((used) => used.toFixed(0))
      .join(', ')} MiB`,
  ];
  const account = facts.join('; ');
  assert.deepEqual(tally.problems, [], account);
  assert.deepEqual(observer.ended, [], account);
  assert.deepEqual(unexplained, [], account);
  assert.equal(tally.sessionsLost, 0, account);
  assert.ok(longestGapMs <= MAX_GAP_MS, account);
  assert.ok(longestElsewhereMs <= MAX_GAP_ELSEWHERE_MS, account);
  if (context.tier.longRunMinutes >= MIN_MINUTES_FOR_MEMORY) {
    for (const { first, last } of memory) assert.ok(last <= first * MEMORY_GROWTH, account);
  }
  return account;
}
