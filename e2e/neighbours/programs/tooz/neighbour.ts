import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPython } from '../../../clients/python-venv.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';

const NAMES = ['anna', 'berta', 'clara'];
/** kazoo's own default, and that of tooz. */
const SESSION_TIMEOUT_S = 10;
/** The exercise in which the elected worker is killed. */
const FAILOVER_AT = 2;
const STARTED_TIMEOUT_MS = 60_000;
const TOLD_TIMEOUT_MS = 30_000;
const LOOK_TIMEOUT_MS = 90_000;

const execute = promisify(execFile);

/** What load.py leaves. */
interface Judgement {
  readonly acknowledged: number;
  readonly overlaps: number;
  readonly forgotten: number;
}

export const tooz: Neighbour = {
  name: 'tooz',
  proves:
    'coordinators of OpenStack keep groups, capabilities, one leader and one holder of a lock while members go',
  title: 'OpenStack tooz',
  version: '9.1.0',
  source: 'PyPI: tooz[zookeeper]',
  needs: ['python'],
  settings: `The URL of the coordinator (\`[coordination] backend_url\` of OpenStack's services):

\`\`\`
zookeeper://zk-0:2181,zk-1:2181,zk-2:2181?timeout=10&namespace=tooz
\`\`\`

\`namespace\` (default: \`tooz\`) is what a chroot is elsewhere; a chroot behind the members is ignored. With a user and a password in front of the members
(\`zookeeper://user:password@zk-0:2181,…\`) it authenticates by digest, and all that it creates belongs to that user alone. TLS: \`use_ssl=true\`, \`ca=…\`, \`certfile=…\`, \`keyfile=…\` (PEM files),
\`keyfile_password=…\`, \`verify_certs=false\` to trust any server. The group's members as tooz tells them have one named \`leader\` where a leader is elected: the node of the candidates.`,
  words: {
    complaint:
      /(ERROR|CRITICAL) (kazoo|tooz)|Session has expired|SessionExpired|AUTH_FAILED|Failed connecting to Zookeeper|Heartbeating took too long|\b(NoAuth|InvalidACL|MarshallingError|BadVersion|AuthFailed)\w*|GroupNotCreated|MemberNotJoined|^Traceback/,
    tolerated: [],
  },
  // Sessions go on; kazoo finds another member within seconds. Where one did end, its locks were free after the session timeout.
  longestGapMs: SESSION_TIMEOUT_S * 1_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { folder } = context;
  const python = installPython(context.note, join(import.meta.dirname, 'requirements.txt'));
  const program = (name: string): string => join(import.meta.dirname, name);
  const { connect, tls } = context;
  const byTls = tls && `&use_ssl=true&ca=${tls.authority}&certfile=${tls.certificate}&keyfile=${tls.key}`;
  const url = `zookeeper://openstack:of-openstack@${connect}?timeout=${SESSION_TIMEOUT_S}&namespace=openstack${byTls ?? ''}`;
  const workers = NAMES.map((name) => context.daemon(name, [python, program('worker.py'), url, name]));
  await Promise.all(workers.map((worker) => worker.says(/watching/, STARTED_TIMEOUT_MS)));

  /** Resolves with the leader, once these are the members. */
  const look = async (group: string, members: readonly string[]): Promise<string> => {
    const args = [program('look.py'), url, group, ...members];
    const { stdout } = await execute(python, args, { timeout: LOOK_TIMEOUT_MS });
    return stdout.trim();
  };
  const replaceLeader = async (former: string): Promise<{ leader: string; seconds: number }> => {
    const beganMs = performance.now();
    const killed = workers.find(({ name }) => name === former)!;
    await killed.kill();
    const others = workers.filter((worker) => worker !== killed);
    const leader = await look(
      'after-a-kill',
      others.map(({ name }) => name),
    );
    await others.find(({ name }) => name === leader)!.says(new RegExp(`elected ${leader}`), TOLD_TIMEOUT_MS);
    const seconds = (performance.now() - beganMs) / 1_000;
    killed.start();
    const sawBoth = new RegExp(`left ${former}[^]*joined ${former}`);
    await Promise.all(others.map((other) => other.says(sawBoth, TOLD_TIMEOUT_MS)));
    return { leader, seconds };
  };
  let elected: string | undefined;

  return {
    load: () => context.load([python, program('load.py'), url, folder]),
    exercise: async (times) => {
      const leader = await look(`exercise-${times}`, NAMES);
      if (elected !== undefined && leader !== elected)
        throw new Error(
          `${elected} was the leader and was not killed, but now ${leader} is; logs: ${folder}`,
        );
      if (times !== FAILOVER_AT) {
        elected = leader;
        return undefined;
      }
      const replaced = await replaceLeader(leader);
      elected = replaced.leader;
      return `elected worker killed, another one after ${replaced.seconds.toFixed(1)} s`;
    },
    lost: async () => {
      const judged = JSON.parse(readFileSync(join(folder, 'judgement'), 'utf8')) as Judgement;
      if (judged.overlaps > 0)
        throw new Error(`two held the lock at a time, ${judged.overlaps} times; logs: ${folder}`);
      const counted = Number(readFileSync(join(folder, 'counter'), 'utf8'));
      return Math.max(0, judged.acknowledged - counted) + judged.forgotten;
    },
  };
}
