import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPython } from '../../../clients/python-venv.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { asUser, giveToUser } from './as-user.ts';
import { PatroniCluster, type PatroniNode, type Settled } from './cluster.ts';
import { nodeConfig, SUPERUSER, TIMES } from './node-config.ts';
import { findPostgresql, POSTGRESQL_PACKAGE } from './postgresql.ts';

const NAMES = ['anna', 'berta', 'clara'];
/** The exercise in which the primary is killed; in all others it is switched over. */
const FAILOVER_AT = 2;
const ASKED_TIMEOUT_MS = 120_000;
/** PostgreSQL's promotion and the connections of the load, on a machine that others use too. */
const PROMOTION_MS = 15_000;

const execute = promisify(execFile);

export const patroni: Neighbour = {
  name: 'patroni',
  proves:
    'PostgreSQL under Patroni keeps its primary while members go, is switched over, and fails over when the primary is killed',
  title: 'Patroni',
  version: '4.1.5',
  source: `PyPI: patroni[zookeeper]; Debian: ${POSTGRESQL_PACKAGE}`,
  needs: ['python', 'debian'],
  settings: `In \`patroni.yml\`:

\`\`\`yaml
namespace: /databases/   # default: /service/; each cluster is a node of its scope's name below it
zookeeper:
  hosts: [zk-0:2181, zk-1:2181, zk-2:2181]
\`\`\`

\`namespace\` is what a chroot is elsewhere. With TLS, further below \`zookeeper\`: \`use_ssl: true\`, \`cacert\`, \`cert\`, \`key\` (PEM files), \`key_password\`, and
\`verify: false\` to trust any server. \`set_acls\` (\`{'CN=patroni': [ALL]}\`) makes everything that Patroni creates belong to the subjects of such certificates (scheme x509);
\`auth_data: {digest: 'user:password'}\` authenticates by a password, but creates nothing with an ACL of its own.

\`ttl\` is the session timeout: a change of it by \`patronictl edit-config\` ends every session and begins a new one. \`retry_timeout\` is how long a primary without ZooKeeper
goes on before it demotes itself (unless \`failsafe_mode\` is on); \`loop_wait + 2 · retry_timeout ≤ ttl\`.`,
  words: {
    // Lines are `<time> <level> <logger>: <message>`. Apart from errors: what Patroni says where it lost its session, its lock or ZooKeeper.
    complaint:
      /(ERROR|CRITICAL) (kazoo|patroni\.(dcs|ha|__main__|config))|Session has expired|AUTH_FAILED|Failed connecting to Zookeeper|Recreating the leader ZNode|demot\w+ self because|DCS is not accessible|Can not get cluster from dcs|\b(NoAuth|InvalidACL|MarshallingError|BadVersion|AuthFailed)\w*|PANIC: /,
    tolerated: [
      {
        words: /Failed to create \S+\/initialize$/,
        because:
          'all nodes of a new cluster want to be the first, and all but one are told that the node exists',
      },
    ],
  },
  // The primary is killed once: its session ends after `ttl`, and the others look then.
  longestGapMs: (TIMES.ttl + TIMES.loop_wait) * 1_000 + PROMOTION_MS,
  start,
};

async function start(context: Context): Promise<Running> {
  const { folder } = context;
  const python = installPython(context.note, join(import.meta.dirname, 'requirements.txt'));
  const postgresql = findPostgresql(context.note);
  const ports = await context.ports(NAMES.length * 2);
  const nodes = NAMES.map((name, i): PatroniNode => {
    const [restPort = 0, postgresPort = 0] = ports.slice(i * 2);
    const nodeFolder = join(folder, name);
    const config = join(folder, `${name}.yml`);
    mkdirSync(nodeFolder);
    giveToUser(nodeFolder);
    const { connect, tls } = context;
    const { programs } = postgresql;
    writeFileSync(
      config,
      nodeConfig({ name, folder: nodeFolder, programs, restPort, postgresPort, connect, tls }),
    );
    const command = asUser([python, join(import.meta.dirname, 'patroni_with_postgres.py'), config]);
    const daemon = context.daemon(name, command, { env: postgresql.environment, cwd: nodeFolder });
    return { name, restPort, postgresPort, config, daemon };
  });
  const cluster = new PatroniCluster(nodes, python);
  const { timeline: firstTimeline } = await cluster.settled();
  let promotions = 0;
  const settledAsExpected = async (): Promise<Settled> => {
    const settled = await cluster.settled();
    const expected = firstTimeline + promotions;
    // A primary that demotes itself and comes back is promoted, too.
    if (settled.timeline !== expected)
      throw new Error(
        `PostgreSQL's timeline is ${settled.timeline} instead of ${expected}: somebody was promoted whom nobody asked for; logs: ${folder}`,
      );
    return settled;
  };

  const rows = (what: string, subject: string): [string, ...string[]] => {
    const told = nodes.map(({ restPort, postgresPort }) => `${restPort}:${postgresPort}`).join(',');
    return [python, join(import.meta.dirname, 'rows.py'), what, told, subject];
  };
  const credentials = { PGUSER: SUPERUSER.username, PGPASSWORD: SUPERUSER.password };
  /** Resolves with what it prints. */
  const ask = async (what: string, subject: string): Promise<string> => {
    const [command, ...args] = rows(what, subject);
    const env = { ...process.env, ...credentials };
    return (await execute(command, args, { timeout: ASKED_TIMEOUT_MS, env })).stdout;
  };
  const acknowledged = join(folder, 'acknowledged');

  return {
    load: () => context.load(rows('load', acknowledged), credentials),
    exercise: async (times) => {
      const before = await settledAsExpected();
      const memory = `${times + 5}MB`;
      await cluster.setParameter('work_mem', memory);
      await ask('parameter', `work_mem=${memory}`);
      let promotedAfterS: number | undefined;
      if (times === FAILOVER_AT) promotedAfterS = await cluster.failOver(before);
      else await cluster.switchOver(before);
      promotions++;
      const after = await settledAsExpected();
      if (after.primary === before.primary)
        throw new Error(`${before.primary.name} is the primary still; logs: ${folder}`);
      return promotedAfterS === undefined
        ? undefined
        : `primary killed, another one after ${promotedAfterS.toFixed(1)} s; a switchover after each other fault`;
    },
    lost: async () => {
      await settledAsExpected();
      return Number(await ask('lost', acknowledged));
    },
  };
}
