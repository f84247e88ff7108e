import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { setBody } from '../../../testkit/src/wire/requests.ts';
import type { Context, Scenario } from '../scenario.ts';

const PATH = '/heavy';
const VALUE = Buffer.alloc(1_000_000, 'v');
/** At each follower, while there is no leader. */
const CLIENTS_WITHOUT_LEADER = 80;
const CLIENTS = 200;
const WRITES_EACH = 3;
/** The largest jute.maxbuffer that a configuration may give. */
const LARGEST_REQUEST_BYTES = 64 * 1024 * 1024;
const REQUEST_HEADER_BYTES = 8;
/** From the moment at which the leader falls silent; two to four seconds where nothing else runs. */
const ALLOWED_WITHOUT_LEADER_MS = 20_000;
/** For 600 MB on every disk, at the speed of a slow machine: what hangs takes for ever. */
const ALLOWED_MS = 60_000;
const POLL_MS = 50;

export const heavyWrites: Scenario = {
  name: 'heavy-writes',
  proves:
    'writes of a megabyte, and the largest there may be, are answered by every member: no link breaks, and writes of a megabyte depose nobody',
  against: ['rookery'],
  needs: [],
  run: async (context) => [await withoutLeader(context), await largest(context)].join('; '),
};

/** What gathers while there is no leader, and then many clients at once. */
async function withoutLeader(context: Context): Promise<string> {
  const ensemble = await context.startEnsemble();
  const leader = await ensemble.leader();
  const followers = ensemble.members.filter((member) => member !== leader);
  await prepare(leader.endpoint);
  const endpoints = followers.flatMap(({ endpoint }) =>
    Array.from({ length: CLIENTS_WITHOUT_LEADER }, () => endpoint),
  );
  const waiting = await connectAll(endpoints);
  const silentMs = performance.now();
  leader.signal('SIGSTOP');
  await writeAll(waiting, 1);
  const gatheredMs = Math.round(performance.now() - silentMs);
  leader.signal('SIGCONT');
  assert.ok(
    gatheredMs <= ALLOWED_WITHOUT_LEADER_MS,
    `${gatheredMs} ms without a leader and with ${waiting.length} writes`,
  );
  await untilShown(leader.endpoint, waiting.length);

  const spread = Array.from(
    { length: CLIENTS },
    (_, i) => ensemble.endpoints[i % ensemble.endpoints.length]!,
  );
  const sessions = await connectAll(spread);
  const startMs = performance.now();
  await writeAll(sessions, WRITES_EACH);
  const manyMs = Math.round(performance.now() - startMs);
  assert.ok(manyMs <= ALLOWED_MS, `${manyMs} ms for ${CLIENTS * WRITES_EACH} writes`);
  assertQuiet(ensemble, 2);
  await ensemble.stop();
  return (
    `${waiting.length} writes of 1 MB that waited for a leader answered ${gatheredMs} ms after the former fell silent, ` +
    `${CLIENTS} clients with ${WRITES_EACH} each in ${manyMs} ms`
  );
}

async function largest(context: Context): Promise<string> {
  const ensemble = await context.startEnsemble({ configLines: [`jute.maxbuffer=${LARGEST_REQUEST_BYTES}`] });
  await prepare(ensemble.endpoints[0]!);
  const rest = REQUEST_HEADER_BYTES + setBody(PATH, Buffer.alloc(0), -1).length;
  const value = Buffer.alloc(LARGEST_REQUEST_BYTES - rest, 'l');
  const startMs = performance.now();
  for (const endpoint of ensemble.endpoints) {
    const session = await ClientSession.connect(endpoint);
    await session.set(PATH, value);
    session.drop();
  }
  const totalMs = Math.round(performance.now() - startMs);
  // Each may cost a turn of nearly a second on a slow machine, and so a change of leader; it is answered all the same.
  assertQuiet(ensemble, 1 + ensemble.endpoints.length);
  await ensemble.stop();
  return `the largest request of all at each member in ${totalMs} ms`;
}

async function prepare(endpoint: Endpoint): Promise<void> {
  const session = await ClientSession.connect(endpoint);
  await session.create(PATH, Buffer.alloc(0));
  await session.close();
}

/** Until a member that was away shows this version of the node; it closes connections when a snapshot overtakes it. */
async function untilShown(endpoint: Endpoint, version: number): Promise<void> {
  const deadlineMs = performance.now() + ALLOWED_MS;
  for (;;) {
    const shown = await versionAt(endpoint).catch(() => -1);
    if (shown >= version) return;
    assert.ok(performance.now() < deadlineMs, `the former leader shows version ${shown} of ${version}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function versionAt(endpoint: Endpoint): Promise<number> {
  const session = await ClientSession.connect(endpoint);
  try {
    return (await session.get(PATH)).stat.version;
  } finally {
    session.drop();
  }
}

function connectAll(endpoints: readonly Endpoint[]): Promise<ClientSession[]> {
  return Promise.all(endpoints.map((endpoint) => ClientSession.connect(endpoint)));
}

/** One after the other in each session, all sessions at once; the connections are dropped then. */
async function writeAll(sessions: readonly ClientSession[], each: number): Promise<void> {
  await Promise.all(
    sessions.map(async (session) => {
      for (let left = each; left > 0; left--) await session.set(PATH, VALUE);
      session.drop();
    }),
  );
}

/** No member found fault with a frame of another one or closed a link to it, and leadership was taken `mostLeaders` times at most. */
function assertQuiet(ensemble: Ensemble, mostLeaders: number): void {
  const lines = ensemble.members.flatMap(({ plan }) => readFileSync(plan.logFile, 'utf8').split('\n'));
  assert.deepEqual(
    lines.filter((line) => /a frame of|closing its link/.test(line)),
    [],
  );
  const leaders = lines.filter((line) => line.includes('became leader'));
  assert.ok(
    leaders.length <= mostLeaders,
    `leadership was taken ${leaders.length} times:\n${leaders.join('\n')}`,
  );
}
