import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import {
  describeFinding,
  type Place,
  type Secret,
  SecretSearch,
} from '../../testkit/src/secrets/secret-search.ts';
import type { Cluster } from './cluster.ts';
import { OPERATOR_NAMESPACE } from './install.ts';

/** Kinds that people look at, as `kubectl get` takes them: all that the operator makes but Secrets. */
const KINDS =
  'coordinationcluster,statefulset,controllerrevision,pod,service,endpointslice,configmap,pvc,pdb,networkpolicy,serviceaccount,role,rolebinding,lease,job,deployment,replicaset';

/** What a Kubernetes Secret of these types holds is no secret of ours: Helm's is the release itself. */
const FOREIGN_TYPES: ReadonlySet<string> = new Set(['helm.sh/release.v1']);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

interface KubeSecret {
  readonly metadata: { readonly name: string };
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** Looks for what stands in the Secrets of each scenario in all that its objects, its pods and the operator show. */
export class SecretsOfClusters {
  #secrets = 0;
  #places = 0;

  /** Throws Complaint where one is found. */
  async refuseLeaks(cluster: Cluster, namespace: string): Promise<void> {
    const secrets = await secretsOf(cluster, namespace);
    if (secrets.length === 0) return;
    const search = new SecretSearch(secrets);
    const places = [...(await shownBy(cluster, namespace)), ...(await shownBy(cluster, OPERATOR_NAMESPACE))];
    const leaks = search.in(places).map(describeFinding);
    if (leaks.length > 0) throw new Complaint(leaks.join('\n'));
    this.#secrets += secrets.length;
    this.#places += places.length;
  }

  /** Throws where nothing was looked for. */
  account(): string {
    if (this.#secrets === 0 || this.#places === 0)
      throw new Complaint('no Secret was there to be looked for');
    return `${this.#secrets} secrets looked for, in ${this.#places} logs, objects and Events`;
  }
}

/** Looks for what stands in the Secrets of a namespace. */
export async function searchForSecretsOf(cluster: Cluster, namespace: string): Promise<SecretSearch> {
  return new SecretSearch(await secretsOf(cluster, namespace));
}

async function secretsOf(cluster: Cluster, namespace: string): Promise<Secret[]> {
  const json = await cluster.kubectl(['--namespace', namespace, 'get', 'secret', '-o', 'json']);
  const { items } = JSON.parse(json) as { items: readonly KubeSecret[] };
  return items
    .filter(({ type }) => !FOREIGN_TYPES.has(type))
    .flatMap(({ metadata, data = {} }) =>
      Object.entries(data).flatMap(([key, base64]) =>
        // Several lines are several secrets: two join secrets count while one is changed for the other.
        Buffer.from(base64, 'base64')
          .toString('utf8')
          // Certificates are for everybody to see, and so are the words around keys.
          .replaceAll(CERTIFICATE, '')
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('-----'))
          .map((value) => ({ name: `${key} of the Secret ${metadata.name}`, value })),
      ),
    );
}

/** What those read who look after a cluster: its objects, descriptions, Events and whole logs. */
async function shownBy(cluster: Cluster, namespace: string): Promise<Place[]> {
  const places: Place[] = [];
  const add = async (args: readonly string[]): Promise<void> => {
    const content = await cluster.kubectl(['--namespace', namespace, ...args]);
    places.push({ name: `kubectl ${args.join(' ')} in ${namespace}`, content });
  };
  await add(['get', KINDS, '-o', 'yaml', '--show-managed-fields']);
  await add(['get', 'events', '-o', 'yaml']);
  await add(['describe', 'pods,coordinationclusters,statefulsets']);
  for (const { metadata } of await cluster.list(namespace, 'pods')) {
    await add(['logs', metadata.name, '--all-containers']);
    // There is no former container unless one was started again.
    await add(['logs', metadata.name, '--all-containers', '--previous']).catch(() => {});
  }
  return places;
}
