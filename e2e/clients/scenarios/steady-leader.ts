import assert from 'node:assert/strict';
import { runLoadInChild } from '../../../bench/src/load/generator-process.ts';
import { prepareKeys } from '../../../bench/src/load/load.ts';
import { fillTree } from '../../../bench/src/workloads/memory.ts';
import { leadership } from '../leadership.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const KEYS = 1_000;
const VALUE_BYTES = 256;
const NODE_BYTES = 100;
const CONNECTIONS = 16;
const DEPTH = 16;
const WATCH_PAUSE_MS = 1_000;
/** Low, so that a short run takes snapshots too. */
const ENTRIES_PER_SNAPSHOT = 50_000;

export const steadyLeader: Scenario = {
  name: 'steady-leader',
  proves: 'no change of leader under full load with a large tree, snapshots and garbage collection',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const { steadyNodes, steadySeconds } = context.tier;
    const ensemble = await context.startEnsemble({ configLines: [`snapCount=${ENTRIES_PER_SNAPSHOT}`] });
    const before = await leadership(ensemble);
    const endpoints = ensemble.endpoints;
    const fillSeconds = await fillTree(endpoints[0]!, '/steady', steadyNodes, NODE_BYTES);
    context.note(`${steadyNodes} nodes in ${fillSeconds.toFixed(1)} s`);
    await prepareKeys(endpoints[0]!, KEYS, VALUE_BYTES);

    let looks = 0;
    let loading = true;
    const watch = async (): Promise<void> => {
      while (loading) {
        assert.deepEqual(await leadership(ensemble), before, `after ${looks} looks at who leads`);
        looks += 1;
        await new Promise((resolve) => setTimeout(resolve, WATCH_PAUSE_MS));
      }
    };
    const load = runLoadInChild({
      kind: 'set',
      endpoints,
      connections: CONNECTIONS,
      depth: DEPTH,
      keys: KEYS,
      valueBytes: VALUE_BYTES,
      warmUpMs: 0,
      measureMs: steadySeconds * 1_000,
      seed: context.seed,
      runId: 'steady',
    }).finally(() => {
      loading = false;
    });
    const [result] = await Promise.all([load, watch()]);
    assert.deepEqual(await leadership(ensemble), before);
    assert.deepEqual(result.errors, {});
    assert.ok(looks > 0);
    const sets = `${Math.round(result.opsPerSecond)} sets/s for ${Math.round(result.seconds)} s`;
    const slowest = `p99 ${result.p99Ms.toFixed(0)} ms, slowest ${result.maxMs.toFixed(0)} ms`;
    return `one leader for ${steadyNodes} creates and ${sets} (${slowest})`;
  },
};
