/** What a report is made of: what kubectl is asked, and what of it is kept. */

import type { FoundCluster } from '../cluster/find-clusters.ts';
import { CONTAINER, clusterSelector } from '../cluster/member-names.ts';
import { execIn } from '../in-member.ts';
import type { Kubectl } from '../kubectl.ts';

export interface Source {
  /** In the archive, below its one folder. */
  readonly file: string;
  readonly kubectl: Kubectl;
  readonly args: readonly string[];
  /** Of what is printed, so many bytes from its end. */
  readonly maxBytes: number;
  /** Objects of Kubernetes, to be shown without what their fields call secrets. */
  readonly isObject?: boolean;
  /** It ends with 1 where it has found something, which is no failure. */
  readonly finds?: boolean;
}

const MAX_LOG_LINES = 5_000;
const MAX_LOG_BYTES = 4 * 1024 * 1024;
const MAX_OBJECT_BYTES = 16 * 1024 * 1024;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Replicas of the operator. */
const MAX_OPERATOR_PODS = 4;

/** The kinds of objects that belong to a cluster. Never Secrets. */
const KINDS = [
  'statefulsets',
  'pods',
  'persistentvolumeclaims',
  'poddisruptionbudgets',
  'services',
  'endpointslices',
  'networkpolicies',
  'configmaps',
] as const;

/** Asks the member of the pod by its own Node, with the token that is there: it works with images that have no `rookery`, and no token leaves the pod. */
const ASK_HTTP = `const token = process.env.ROOKERY_HTTP_TOKEN_FILE;
const headers = token ? { authorization: 'Bearer ' + require('node:fs').readFileSync(token, 'utf8').trim().split(/\\r?\\n/)[0] } : {};
fetch('http://127.0.0.1:8080' + process.argv[1], { headers, signal: AbortSignal.timeout(10_000) }).then(
  async (reply) => { process.stdout.write(await reply.text()); process.exitCode = reply.ok ? 0 : 1; },
  (error) => { console.error(String(error.cause ?? error)); process.exitCode = 1; });`;

const logs = (
  kubectl: Kubectl,
  file: string,
  pod: string,
  container: string,
  more: readonly string[] = [],
): Source => ({
  file,
  kubectl,
  args: ['logs', pod, `--container=${container}`, '--timestamps', `--tail=${MAX_LOG_LINES}`, ...more],
  maxBytes: MAX_LOG_BYTES,
});

/** The objects of the cluster, and what is told of them. */
export function objectSources({ kubectl, status: { name } }: FoundCluster): readonly Source[] {
  return [
    ...KINDS.map((kind) => ({
      file: `objects/${kind}.json`,
      kubectl,
      args: ['get', kind, `--selector=${clusterSelector(name)}`, '--output=json'],
      maxBytes: MAX_OBJECT_BYTES,
      isObject: true,
    })),
    {
      file: 'objects/events.json',
      kubectl,
      args: ['get', 'events', '--output=json'],
      maxBytes: MAX_OBJECT_BYTES,
      isObject: true,
    },
  ];
}

/** What each member that has a pod tells, and one of them of all. */
export function memberSources({ kubectl, status: { members } }: FoundCluster): readonly Source[] {
  const running = members.filter(({ podState }) => podState !== 'absent');
  const asked = running.find(({ ready }) => ready) ?? running[0];
  const answer = (file: string, pod: string, args: readonly string[]): Source => ({
    file,
    kubectl,
    args: [...execIn(pod), ...args],
    maxBytes: MAX_ANSWER_BYTES,
  });
  return [
    ...running.flatMap(({ pod }) => [
      logs(kubectl, `members/${pod}/log.txt`, pod, CONTAINER),
      logs(kubectl, `members/${pod}/previous-log.txt`, pod, CONTAINER, ['--previous']),
      answer(`members/${pod}/admin-members.json`, pod, [
        '/nodejs/bin/node',
        '--eval',
        ASK_HTTP,
        '/admin/members',
      ]),
      answer(`members/${pod}/metrics.txt`, pod, ['/nodejs/bin/node', '--eval', ASK_HTTP, '/metrics']),
    ]),
    ...(asked === undefined
      ? []
      : [
          ...['status', 'doctor'].map((command) => ({
            ...answer(`ensemble/${command}.json`, asked.pod, [
              'rookery',
              command,
              '--json',
              '--timeout',
              '10s',
            ]),
            finds: true,
          })),
        ]),
  ];
}

/** The labels of the operator's pods, wherever it runs. */
const OPERATOR_SELECTOR = '--selector=app.kubernetes.io/name=rookery,app.kubernetes.io/component=operator';

/** The operator's pods and their logs. Rejects where nobody says where it runs. */
export async function operatorSources(
  kubectl: Kubectl,
  namespace: string | undefined,
): Promise<readonly Source[]> {
  const where = namespace === undefined ? '--all-namespaces' : `--namespace=${namespace}`;
  const found = await kubectl.json(['get', 'pods', where, OPERATOR_SELECTOR]);
  const pods = found.list('items').map((each) => each.fields('metadata'));
  const [first] = pods;
  if (first === undefined)
    throw new Error('no pod of the operator was found; name its namespace by --operator-namespace');
  const own = kubectl.in(first.text('namespace') ?? '');
  const objects = ['pods', 'deployments'].map((kind) => ({
    file: `operator/${kind}.json`,
    kubectl: own,
    args: ['get', kind, OPERATOR_SELECTOR, '--output=json'],
    maxBytes: MAX_OBJECT_BYTES,
    isObject: true,
  }));
  const logged = pods.slice(0, MAX_OPERATOR_PODS).map((each) => {
    const pod = each.text('name') ?? '';
    return logs(kubectl.in(each.text('namespace') ?? ''), `operator/${pod}.log.txt`, pod, 'operator');
  });
  return [...objects, ...logged];
}
