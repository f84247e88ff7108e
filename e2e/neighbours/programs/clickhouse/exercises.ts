import type { ReplicatedServer } from './replicated-server.ts';

/** The session of one that was killed has to end first, and what it was about to do is looked at once a minute. */
const LEADER_TIMEOUT_MS = 90_000;
const START_TIMEOUT_MS = 60_000;
const SETTLE_TIMEOUT_MS = 60_000;

/** A replicated table is made on both servers by one DDL, filled on one, read on the other, and dropped on both. */
export async function exercised(
  servers: readonly ReplicatedServer[],
  cluster: string,
  times: number,
): Promise<void> {
  const table = `passing_${times}`;
  const [first, second] = times % 2 === 0 ? servers : servers.toReversed();
  await first!.ask(
    `CREATE TABLE ${table} ON CLUSTER ${cluster} (n UInt64)
     ENGINE = ReplicatedMergeTree('/tables/{shard}/${table}', '{replica}') ORDER BY n`,
  );
  await writable(first!, table);
  await first!.ask(`INSERT INTO ${table} SELECT number FROM system.numbers LIMIT 100`);
  await second!.catchUp(table);
  const [sum] = await second!.ask(`SELECT sum(n) FROM ${table}`);
  if (sum !== '4950')
    throw new Error(`${second!.name} has ${sum} for the sum of the other replica's rows, 4950 is right`);
  await second!.ask(`DROP TABLE ${table} ON CLUSTER ${cluster}`);
  for (const server of servers) {
    const [left] = await server.ask(`SELECT count() FROM system.tables WHERE name = '${table}'`);
    if (left !== '0') throw new Error(`${server.name} has ${table} still, which was dropped on both servers`);
  }
  const nodes = await first!.ask(`SELECT name FROM system.zookeeper WHERE path = '/tables/1'`);
  if (nodes.includes(table)) throw new Error(`${table} was dropped, and its nodes are left`);
}

/** The replica that assigns merges is killed; the other one leads them once its session has ended. It comes back and catches up. */
export async function leaderKilled(servers: readonly ReplicatedServer[], table: string): Promise<string> {
  const killed = await leaderOf(servers, table);
  const other = servers.find((server) => server !== killed)!;
  await killed.daemon.kill();
  const killedAtMs = performance.now();
  const ask = (column: string): string => `SELECT ${column} FROM system.replicas WHERE table = '${table}'`;
  await other.eventually('the lead', LEADER_TIMEOUT_MS, ask('is_leader'), (answer) => answer === '1');
  const replacedMs = performance.now() - killedAtMs;
  killed.daemon.start();
  await killed.answers(START_TIMEOUT_MS);
  await other.eventually(
    'both active',
    SETTLE_TIMEOUT_MS,
    ask('active_replicas'),
    (answer) => answer === '2',
  );
  await killed.catchUp(table);
  return `tables made and dropped on both servers by DDL of the cluster; the leading replica killed, the other one led after ${Math.round(replacedMs / 1_000)} s, it came back and caught up`;
}

/** Whichever leads; after members were restarted none may for a while. */
async function leaderOf(servers: readonly ReplicatedServer[], table: string): Promise<ReplicatedServer> {
  const leads = `SELECT is_leader FROM system.replicas WHERE table = '${table}'`;
  return await Promise.any(
    servers.map(async (server) => {
      await server.eventually('the lead', LEADER_TIMEOUT_MS, leads, (answer) => answer === '1');
      return server;
    }),
  );
}

/** A server whose connection was just lost refuses inserts until it has another session. */
async function writable(server: ReplicatedServer, table: string): Promise<void> {
  const readOnly = `SELECT is_readonly FROM system.replicas WHERE table = '${table}'`;
  await server.eventually('a writable table', SETTLE_TIMEOUT_MS, readOnly, (answer) => answer === '0');
}
