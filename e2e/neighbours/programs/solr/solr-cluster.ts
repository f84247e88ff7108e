import { awaited } from '../../awaited.ts';

const CALL_TIMEOUT_MS = 60_000;
/** Of one call of many that wait for something: a node may answer late while another is gone. */
const LOOK_TIMEOUT_MS = 10_000;
const ACTIVE_TIMEOUT_MS = 90_000;
const MOST_DOCUMENTS = 1_000_000;

export interface SolrNode {
  /** Of 127.0.0.1, where it is asked. */
  readonly port: number;
  /** As it stands in live_nodes. */
  readonly name: string;
  readonly alive: boolean;
}

interface Replica {
  readonly core: string;
  readonly node_name: string;
  readonly state: string;
}

export interface ClusterStatus {
  readonly live_nodes: readonly string[];
  readonly collections: Readonly<
    Record<string, { shards: Readonly<Record<string, { replicas: Readonly<Record<string, Replica>> }>> }>
  >;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Selected {
  readonly response: { readonly numFound: number; readonly docs: readonly { readonly id: string }[] };
}

/** Solr's HTTP interface, asked of any node that lives. */
export class SolrCluster<Node extends SolrNode = SolrNode> {
  readonly nodes: readonly Node[];

  constructor(nodes: readonly Node[]) {
    this.nodes = nodes;
  }

  /** Of the Collections API. */
  async admin<Answer>(parameters: Readonly<Record<string, string>>, timeoutMs?: number): Promise<Answer> {
    return await this.#ask<Answer>(this.#anyPort(), 'admin/collections', parameters, timeoutMs);
  }

  async create(
    collection: string,
    { shards, replicas, configSet }: { shards: number; replicas: number; configSet: string },
  ): Promise<void> {
    await this.admin({
      action: 'CREATE',
      name: collection,
      numShards: String(shards),
      replicationFactor: String(replicas),
      'collection.configName': configSet,
      waitForFinalState: 'true',
    });
  }

  async status(timeoutMs?: number): Promise<ClusterStatus> {
    const { cluster } = await this.admin<{ cluster: ClusterStatus }>({ action: 'CLUSTERSTATUS' }, timeoutMs);
    return cluster;
  }

  /** The node that leads the overseers, as the nodes know it. */
  async overseer(timeoutMs?: number): Promise<Node> {
    const { leader } = await this.admin<{ leader: string }>({ action: 'OVERSEERSTATUS' }, timeoutMs);
    const node = this.nodes.find(({ name }) => name === leader);
    if (node === undefined) throw new Error(`Solr's overseer is ${leader}, which is none of the nodes`);
    return node;
  }

  async addOne(collection: string, id: string): Promise<void> {
    await this.#ask(this.#anyPort(), `${collection}/update`, { commit: 'true' }, CALL_TIMEOUT_MS, [{ id }]);
  }

  async countOf(collection: string): Promise<number> {
    const { response } = await this.#ask<Selected>(this.#anyPort(), `${collection}/select`, {
      q: '*:*',
      rows: '0',
    });
    return response.numFound;
  }

  /** Resolves once every node lives and every replica of the collection is active. */
  async allActive(collection: string): Promise<void> {
    await eventually(`every replica of ${collection} to be active`, ACTIVE_TIMEOUT_MS, async () => {
      const status = await this.status(LOOK_TIMEOUT_MS);
      const states = replicasOf(status, collection).map(
        ({ state, node_name: name }) => `${name} ${status.live_nodes.includes(name) ? state : 'is gone'}`,
      );
      return states.every((state) => state.endsWith(' active')) ? undefined : states.join(', ');
    });
  }

  /** Commits, and asks each replica by itself for all that it has. */
  async idsOnEveryNode(collection: string): Promise<ReadonlySet<string>> {
    await this.#ask(this.#anyPort(), `${collection}/update`, { commit: 'true' });
    const replicas = replicasOf(await this.status(), collection);
    const [first = new Set<string>(), ...others] = await Promise.all(
      this.nodes.map(async ({ port, name }) => {
        const ids = new Set<string>();
        for (const { core } of replicas.filter(({ node_name: of }) => of === name)) {
          const { response } = await this.#ask<Selected>(port, `${core}/select`, {
            q: '*:*',
            fl: 'id',
            rows: String(MOST_DOCUMENTS),
            distrib: 'false',
          });
          for (const { id } of response.docs) ids.add(id);
        }
        return ids;
      }),
    );
    return new Set([...first].filter((id) => others.every((ids) => ids.has(id))));
  }

  #anyPort(): number {
    const node = this.nodes.find(({ alive }) => alive);
    if (node === undefined) throw new Error('no node of Solr lives: look at its logs');
    return node.port;
  }

  async #ask<Answer>(
    port: number,
    path: string,
    parameters: Readonly<Record<string, string>>,
    timeoutMs = CALL_TIMEOUT_MS,
    body?: unknown,
  ): Promise<Answer> {
    const url = `http://127.0.0.1:${port}/solr/${path}?${new URLSearchParams({ ...parameters, wt: 'json' })}`;
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Solr answered ${response.status} to ${url}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as Answer;
  }
}

/** @param look resolves with nothing once it is so, else with what it is instead */
export async function eventually(
  what: string,
  timeoutMs: number,
  look: () => Promise<string | undefined>,
): Promise<void> {
  let instead: string | undefined;
  await awaited(
    timeoutMs,
    async () => {
      // A node that was killed or has just started refuses a while.
      instead = await look().catch((error: unknown) => String(error));
      return instead === undefined ? true : undefined;
    },
    () => `waited for ${what}; at last: ${instead}`,
  );
}

function replicasOf(status: ClusterStatus, collection: string): Replica[] {
  const shards = Object.values(status.collections[collection]?.shards ?? {});
  if (shards.length === 0) throw new Error(`Solr has no collection ${collection}`);
  return shards.flatMap(({ replicas }) => Object.values(replicas));
}
