import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured, ROTATION_GAP_MS, UPDATE_GAP_MS } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { kazooByTls, showedBy, trusted } from '../shown-by-tls.ts';
import { withoutOperator } from '../without-operator.ts';
import { underWriters } from '../writers.ts';

/** A kubelet looks at its Secrets once a minute or so, and a rotation waits for three changes of them. */
const ROTATION_SECONDS = 600;
const UPDATE_SECONDS = 300;
const PEER_PORT = 2888;

export const memberTls: Scenario = {
  name: 'members speak TLS to one another from the beginning, and certificates are renewed while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('sealed', {}));
    await cluster.ready(namespace, 'sealed');
    await cluster.meets('TLSReady', namespace, 'sealed', ROTATION_SECONDS);
    const bundle = await trusted(cluster, namespace, 'sealed');
    const before = await serials(cluster, namespace, 'sealed');
    for (const ordinal of [0, 1, 2]) {
      const host = `sealed-peer-${ordinal}.${namespace}.svc`;
      const shown = await showedBy(cluster, host, PEER_PORT, bundle);
      assert.deepEqual(shown, { plain: '', serial: before[ordinal], error: '' });
    }
    const pods = await cluster.podUids(namespace);
    const began = performance.now();
    const report = await underWriters(cluster, hostsOf('sealed', namespace), async () => {
      await cluster.annotate(namespace, 'cc/sealed', 'rookery.dev/rotate-certificates=now');
      await cluster.until(
        'every member shows another certificate',
        async () => {
          const after = await serials(cluster, namespace, 'sealed');
          return after.every((serial, at) => serial !== '' && serial !== before[at]);
        },
        ROTATION_SECONDS,
      );
    });
    assert.deepEqual(await cluster.podUids(namespace), pods);
    return measured(`renewed after ${seconds(began)} s by the same pods`, report, {
      mostGapMs: ROTATION_GAP_MS,
    });
  },
};

export const authorityRotation: Scenario = {
  name: 'one authority follows another while clients write, also where the operator is away in the middle, and a pod that comes back finds the others',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('vouched', { tls: { caOverlap: '10s' } }));
    await cluster.ready(namespace, 'vouched');
    await cluster.meets('TLSReady', namespace, 'vouched', ROTATION_SECONDS);
    const pods = await cluster.podUids(namespace);
    const began = performance.now();
    const report = await underWriters(cluster, hostsOf('vouched', namespace), async () => {
      await rotate(cluster, namespace, 'first', async () => {});
      await rotate(cluster, namespace, 'second', async () => {
        await cluster.told(namespace, 'vouched', 'AuthorityAdded');
        await withoutOperator(cluster, async () => {
          // Both are in what members trust, or will be.
          assert.match(await trusted(cluster, namespace, 'vouched'), /BEGIN CERTIFICATE/);
        });
      });
    });
    assert.deepEqual(await cluster.podUids(namespace), pods);
    await cluster.kubectl(['--namespace', namespace, 'delete', 'pod/vouched-0', '--wait=true']);
    await cluster.ready(namespace, 'vouched');
    return measured(`two rotations in ${seconds(began)} s by the same pods`, report, {
      mostGapMs: ROTATION_GAP_MS,
    });
  },
};

export const clientTls: Scenario = {
  name: 'kazoo connects by TLS with the authority of a ConfigMap, beside clients without, and alone where that is required',
  fast: false,
  async run(cluster, namespace) {
    const hosts = hostsOf('dressed', namespace);
    await cluster.apply(namespace, coordinationCluster('dressed', { tls: { client: { mode: 'Optional' } } }));
    await cluster.ready(namespace, 'dressed');
    const authority = async (): Promise<string> => {
      const args = ['get', 'configmap/dressed-ca', '-o', String.raw`jsonpath={.data.ca\.crt}`];
      return cluster.kubectl(['--namespace', namespace, ...args]);
    };
    const byTls = async (...operation: readonly string[]): Promise<string> =>
      kazooByTls(cluster, await authority(), ...operation);
    assert.equal(await byTls(hosts, 'put', '/by', 'tls'), 'tls');
    assert.equal(await cluster.kazoo(hosts, 'put', '/by', 'nothing'), 'nothing');
    // One of them, by its own name.
    const one = `dressed-0.dressed-headless.${namespace}.svc.cluster.local:2181`;
    assert.equal(await byTls(one, 'put', '/by', 'its name'), 'its name');

    const former = await cluster.podUids(namespace);
    await cluster.patch(namespace, 'cc/dressed', { spec: { tls: { client: { mode: 'Required' } } } });
    await cluster.until(
      'every pod is another one',
      async () => (await cluster.podUids(namespace)).every((uid) => !former.includes(uid)),
      UPDATE_SECONDS,
    );
    await cluster.ready(namespace, 'dressed', UPDATE_SECONDS);
    assert.equal(await byTls(hosts, 'put', '/by', 'tls alone'), 'tls alone');
    await assert.rejects(cluster.kazoo(hosts, 'get', '/by'));
    return 'Optional: with TLS and without; Required: with TLS alone';
  },
};

export const goingOver: Scenario = {
  name: 'a cluster without TLS is changed over to it by rolling updates while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('late', { tls: { peer: { mode: 'Disabled' } } }));
    await cluster.ready(namespace, 'late');
    assert.equal((await cluster.condition(namespace, 'late', 'TLSReady')).reason, 'Disabled');
    const began = performance.now();
    const report = await underWriters(cluster, hostsOf('late', namespace), async () => {
      await cluster.patch(namespace, 'cc/late', { spec: { tls: { peer: { mode: 'Auto' } } } });
      await cluster.meets('TLSReady', namespace, 'late', 2 * UPDATE_SECONDS);
      await cluster.ready(namespace, 'late');
    });
    const host = `late-peer-0.${namespace}.svc`;
    const shown = await showedBy(cluster, host, PEER_PORT, await trusted(cluster, namespace, 'late'));
    assert.equal(shown.error + shown.plain, '');
    return measured(`TLS alone after ${seconds(began)} s`, report, { mostGapMs: UPDATE_GAP_MS });
  },
};

/** Asks for another authority, and waits until nothing is left of the one before. */
async function rotate(
  cluster: Cluster,
  namespace: string,
  asked: string,
  inBetween: () => Promise<void>,
): Promise<void> {
  const former = await trusted(cluster, namespace, 'vouched');
  await cluster.annotate(namespace, 'cc/vouched', `rookery.dev/rotate-ca=${asked}`);
  await inBetween();
  await cluster.until(
    'another authority alone is trusted',
    async () => {
      const now = await trusted(cluster, namespace, 'vouched');
      const isAlone = now.split('BEGIN CERTIFICATE').length === 2;
      const { reason } = await cluster.condition(namespace, 'vouched', 'TLSReady');
      return isAlone && now !== former && reason === 'InForce';
    },
    ROTATION_SECONDS,
  );
}

/** What the members show one another, as the status tells. */
async function serials(cluster: Cluster, namespace: string, name: string): Promise<readonly string[]> {
  return (await cluster.members(namespace, name)).map(({ certSerial }) => certSerial ?? '');
}

const seconds = (began: number): string => ((performance.now() - began) / 1000).toFixed(0);
