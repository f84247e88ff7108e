import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@rookery/client';
import { debianPackages } from '../../../../testkit/src/installs/debian-packages.ts';
import type { Load } from '../../load.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { type Server, serverConfig, USERS_CONFIG } from './config.ts';
import { exercised, leaderKilled } from './exercises.ts';
import { ReplicatedServer } from './replicated-server.ts';
import { ROWS_PER_INSERT } from './rows.ts';

const CHROOT = '/clickhouse';
const CLUSTER = 'rookery';
const TABLE = 'events';
const SESSION_TIMEOUT_MS = 15_000;
const START_TIMEOUT_MS = 60_000;
const LEADER_KILLED_AT = 2;
const PORTS_PER_SERVER = 3;

export const clickhouse: Neighbour = {
  name: 'clickhouse',
  title: 'ClickHouse',
  version: '18.16.1',
  source: 'Debian 12: clickhouse-server',
  proves:
    'two replicas of a ReplicatedMergeTree have every acknowledged insert, DDL goes to both, and the other one leads merges when the leader is killed',
  needs: ['debian'],
  // This version has no TLS.
  ensemble: { tls: false },
  settings: `\`\`\`xml
<zookeeper>
  <node index="1"><host>zk-0</host><port>2181</port></node>
  <node index="2"><host>zk-1</host><port>2181</port></node>
  <node index="3"><host>zk-2</host><port>2181</port></node>
  <root>/clickhouse</root>
</zookeeper>
\`\`\`

\`<root>\` is the chroot; it has to be there before the server starts. \`<identity>user:password</identity>\` is a digest; what ClickHouse creates then has
\`auth\` for its ACL. TLS: \`<secure>1</secure>\` within \`<node>\` in versions from 20 on, with \`<openSSL><client>\` for the certificates; this version has none.

Its own client of ZooKeeper never takes up a session again: where a connection is lost it begins another one, and tables refuse inserts for that moment
(\`Table is in readonly mode\`, \`Session expired\`). Whoever inserts tries again with the same rows, which ClickHouse recognizes.

Newer versions use ClickHouse Keeper's own operations, too, where members have [\`dialects.clickHouseKeeper\`](dialects.md).

Not run here: ALTER of a replicated table after members were restarted, which in this version gets stuck on Apache ZooKeeper, too.`,
  words: {
    // Its client of ZooKeeper tells every error by an exception of its own with ZooKeeper's words (`Marshalling error`, `Not authenticated`), or from within
    // its own methods (`unknown xid`); what it does not expect to find there is said in prose. That another replica cannot be reached is no part of it.
    complaint:
      /<Error>.*(?:Coordination::|ZooKeeper|Couldn't remove)|<(?:Fatal|Critical)>|Logical error|terminate called/,
    tolerated: [
      {
        words: /Coordination::Exception: (?:\S+ \()?(?:Session expired|Connection loss)/,
        because: 'its client ends its own session wherever the connection is lost, and begins another one',
      },
      {
        words:
          /ZooKeeper::(?:receiveThread|sendThread|finalize)\(.*(?:Cannot read all data|Connection reset by peer|Broken pipe|Socket is not connected)/,
        because: 'the connection ended, as that client says it',
      },
      {
        words: /All connection tries failed while connecting to ZooKeeper/,
        because: 'no member takes a connection while there is no leader',
      },
      {
        words: /DB::Exception: ZooKeeper session has been expired/,
        because: 'an insert came before the next session had begun; it was refused, and is tried again',
      },
      {
        words: /Couldn't remove \S+\/queue\/queue-\d+: No node/,
        because: 'the removal before was done, its answer was lost with the connection',
      },
    ],
  },
  // An operation may wait 10 s for its answer, a new session 10 s for each member that is asked; the insert is tried again then.
  longestGapMs: 45_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { endpoints, folder, note } = context;
  const installed = debianPackages('clickhouse', ['clickhouse-server'], note);
  const libraries = [join(installed, 'usr/lib/x86_64-linux-gnu'), join(installed, 'lib/x86_64-linux-gnu')];
  {
    await using zk = await connect(context.connect);
    await zk.create(CHROOT);
  }
  const ports = await context.ports(2 * PORTS_PER_SERVER);
  const described = [1, 2].map((number): Server => {
    const [http = 0, native = 0, interserver = 0] = ports.slice((number - 1) * PORTS_PER_SERVER);
    return { replica: `replica-${number}`, http, native, interserver };
  });
  const started = (server: Server): ReplicatedServer => {
    const own = join(folder, server.replica);
    mkdirSync(own);
    const config = join(own, 'config.xml');
    const said = {
      server,
      servers: described,
      folder: own,
      members: endpoints,
      chroot: CHROOT,
      cluster: CLUSTER,
    };
    writeFileSync(config, serverConfig({ ...said, sessionTimeoutMs: SESSION_TIMEOUT_MS }));
    writeFileSync(join(own, 'users.xml'), USERS_CONFIG);
    const command: [string, ...string[]] = [
      join(installed, 'usr/sbin/clickhouse-server'),
      `--config-file=${config}`,
    ];
    const env = { LD_LIBRARY_PATH: libraries.join(':') };
    return new ReplicatedServer(server, context.daemon(server.replica, command, { env, cwd: own }));
  };
  const first = started(described[0]!);
  await first.answers(START_TIMEOUT_MS);
  // This version crashes on a DDL that comes before its worker for them has a session; the worker makes the node. The other one would make it, too.
  const queues = `SELECT name FROM system.zookeeper WHERE path = '/task_queue'`;
  await first.eventually('a queue of DDL', START_TIMEOUT_MS, queues, (answer) => answer === 'ddl');
  const second = started(described[1]!);
  await second.answers(START_TIMEOUT_MS);
  const servers = [first, second];
  await first.ask(
    `CREATE TABLE ${TABLE} ON CLUSTER ${CLUSTER} (insert UInt64, row UInt64)
     ENGINE = ReplicatedMergeTree('/tables/{shard}/${TABLE}', '{replica}') ORDER BY (insert, row)`,
  );
  note('2 replicas have the table');

  let load: Load | undefined;
  return {
    load: () => {
      const env = { TABLE, PORTS: described.map(({ http }) => http).join(',') };
      load = context.load([process.execPath, join(import.meta.dirname, 'load.ts')], env);
      return load;
    },
    exercise: async (times) => {
      await exercised(servers, CLUSTER, times);
      return times === LEADER_KILLED_AT ? await leaderKilled(servers, TABLE) : undefined;
    },
    lost: async () => {
      const inserts = load!.output.matchAll(/^insert (\d+)$/gm);
      const accepted = [...inserts].map(([, insert]) => insert!);
      const lost = new Set<string>();
      for (const server of servers) {
        const there = await server.inserts(TABLE);
        for (const insert of accepted) if (there.get(insert) !== ROWS_PER_INSERT) lost.add(insert);
      }
      return lost.size;
    },
  };
}
