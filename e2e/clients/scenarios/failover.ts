import assert from 'node:assert/strict';
import {
  FAILOVER_FAULTS,
  type FailoverResult,
  failoverGoalMs,
  runFailoverWorkload,
} from '../../../bench/src/workloads/failover.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

export const failover: Scenario = {
  name: 'failover',
  proves: 'writes go on 150 ms after the leader is killed, and about a second after it falls silent',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const accounts: string[] = [];
    for (const fault of FAILOVER_FAULTS) {
      const ensemble = await context.startEnsemble();
      const result = await runFailoverWorkload(ensemble, fault, context.tier.failoverRounds);
      const account = accountOf(result);
      if (context.system.name === 'rookery') assert.ok(result.maxMs <= failoverGoalMs[fault], account);
      accounts.push(account);
      await ensemble.stop();
    }
    return accounts.join('; ');
  },
};

function accountOf({ fault, gapsMs, medianMs, maxMs, writes }: FailoverResult): string {
  const bound = failoverGoalMs[fault];
  const figures = `median ${Math.round(medianMs)}, max ${Math.round(maxMs)}, allowed ${bound} ms without a write`;
  return `leader ${fault} ${gapsMs.length} times under 6 writers: ${figures}, ${writes} writes`;
}
