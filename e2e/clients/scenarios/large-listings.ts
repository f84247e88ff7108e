import assert from 'node:assert/strict';
import { fillTree } from '../../../bench/src/workloads/memory.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import { op, readBody } from '../../../testkit/src/wire/requests.ts';
import { leadership } from '../leadership.ts';
import type { Scenario } from '../scenario.ts';

/** Their names make a reply of about 4 MB. */
const CHILDREN = 200_000;
const MIN_REPLY_BYTES = 3_500_000;
const CLIENTS = 40;
const PATH = '/many';
/** Half of the shortest election timeout: 78 ms where nothing else runs, 622 where all of it is answered in one turn. */
const ALLOWED_TURN_MS = 250;

export const largeListings: Scenario = {
  name: 'large-listings',
  proves:
    'forty listings of 4 MB asked for at once cost no leader its place, and no turn of its loop takes long',
  against: ['rookery'],
  needs: [],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const leader = await ensemble.leader();
    await fillTree(leader.endpoint, PATH, CHILDREN, 0);
    const before = await leadership(ensemble);
    const sessions = await Promise.all(
      Array.from({ length: CLIENTS }, () => ClientSession.connect(leader.endpoint)),
    );
    // Each look at it begins a new measurement.
    await longestTurnMs(leader);
    const startMs = performance.now();
    const replies = await Promise.all(
      sessions.map((session) => session.request(op.getChildren, readBody(PATH, false))),
    );
    const totalMs = Math.round(performance.now() - startMs);
    const turnMs = await longestTurnMs(leader);
    for (const { err, body } of replies) {
      assert.equal(err, 0);
      assert.ok(body.length > MIN_REPLY_BYTES, `a reply of ${body.length} bytes`);
    }
    const account = `${CLIENTS} listings of ${CHILDREN} children in ${totalMs} ms, longest turn ${turnMs} ms`;
    assert.ok(turnMs <= ALLOWED_TURN_MS, `${account}, allowed ${ALLOWED_TURN_MS}`);
    assert.deepEqual(await leadership(ensemble), before);
    for (const session of sessions) session.drop();
    return account;
  },
};

async function longestTurnMs({ plan }: Member): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${plan.adminPort}/metrics`);
  const line = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await response.text())?.[1];
  assert.ok(line !== undefined, 'the metrics lack the delay of the event loop');
  return Math.round(Number(line) * 1_000);
}
