import assert from 'node:assert/strict';
import { Authority } from '../../../testkit/src/certificates.ts';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import { complaintsIn } from '../../neighbours/log-words.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type Cluster, hostsOf } from '../cluster.ts';
import { mostAway } from '../pods-away.ts';
import { CLIENT_KEY } from '../programs/java-pods.ts';
import { kafkaPods } from '../programs/kafka.ts';
import type { ProgramPods } from '../programs/program-pods.ts';
import { solrPods } from '../programs/solr.ts';
import { lastRelease } from '../released.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { kazooByTls, trusted } from '../shown-by-tls.ts';

const NAME = 'shared';
const MEMBERS = 3;
const PROGRAMS = ['kafka', 'solr'] as const;
const CLIENT_AUTHORITIES = 'client-authorities';
/** A kubelet looks at its Secrets once a minute or so. */
const ROTATION_SECONDS = 600;
const UPDATE_SECONDS = 300;
const GOES_ON_MS = 30_000;

export const programs: Scenario = {
  name: 'Kafka and Solr run as pods beside it, by TLS with certificates of their own, through renewed certificates and an upgrade: nothing is lost, none of them restarts',
  fast: false,
  async run(cluster, namespace) {
    const released = await lastRelease(printLine);
    for (const archive of released.archives) await cluster.provider.loadImage(archive);
    await issueCertificates(cluster, namespace);
    const tls = {
      client: { mode: 'Required', clientAuth: { mode: 'Required', secretName: CLIENT_AUTHORITIES } },
    };
    // A version that does not prove itself at checkpoints.
    const update = { proof: { enabled: false }, raiseFeatureLevel: false };
    await cluster.apply(namespace, coordinationCluster(NAME, { version: released.version, tls, update }));
    await cluster.ready(namespace, NAME);
    await cluster.meets('TLSReady', namespace, NAME, ROTATION_SECONDS);
    const hosts = hostsOf(NAME, namespace);
    const bundle = await trusted(cluster, namespace, NAME);
    await assert.rejects(
      kazooByTls(cluster, bundle, hosts, 'put', '/by', 'nobody'),
      'who shows no certificate',
    );

    const surroundings = { cluster, namespace, hosts, authority: `${NAME}-ca` };
    const all = await Promise.all([kafkaPods(surroundings), solrPods(surroundings)]);
    try {
      return await underLoad(cluster, namespace, all, async (next) => {
        await renewCertificates(cluster, namespace);
        await next();
        const away = await mostAway(namespace, MEMBERS, async () => {
          await cluster.patch(namespace, `cc/${NAME}`, { spec: { version: packageJson.version } });
          await cluster.until(
            `every member runs ${packageJson.version}`,
            async () => {
              const { status } = await cluster.get(namespace, 'coordinationcluster', NAME);
              return status?.currentVersion === packageJson.version;
            },
            UPDATE_SECONDS,
          );
          await cluster.ready(namespace, NAME);
        });
        assert.ok(away <= 1, `${away} members were away at once`);
        await next();
      });
    } finally {
      for (const each of all) each.close();
    }
  },
};

/** Who vouches for clients, and a certificate for each program, as cert-manager would keep them. */
async function issueCertificates(cluster: Cluster, namespace: string): Promise<void> {
  const authority = await Authority.create('CN=clients of this test');
  const secret = (name: string, stringData: Readonly<Record<string, string>>): Promise<string> =>
    cluster.apply(namespace, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });
  await secret(CLIENT_AUTHORITIES, { 'ca.crt': authority.certificate });
  for (const program of PROGRAMS) {
    const { certificate, privateKey } = await authority.issue({ subject: `CN=${program}` });
    await secret(`${program}-client`, { [CLIENT_KEY]: `${privateKey}${certificate}` });
  }
}

async function renewCertificates(cluster: Cluster, namespace: string): Promise<void> {
  const shown = async (): Promise<readonly string[]> =>
    (await cluster.members(namespace, NAME)).map(({ certSerial }) => certSerial ?? '');
  const before = await shown();
  await cluster.annotate(namespace, `cc/${NAME}`, 'rookery.dev/rotate-certificates=now');
  await cluster.until(
    'every member shows another certificate',
    async () => (await shown()).every((serial, at) => serial !== '' && serial !== before[at]),
    ROTATION_SECONDS,
  );
}

/** @param during is given what looks after each step whether all of them go on, and work */
async function underLoad(
  cluster: Cluster,
  namespace: string,
  all: readonly ProgramPods[],
  during: (next: () => Promise<void>) => Promise<void>,
): Promise<string> {
  const pods = await podsOf(cluster, namespace, all);
  let times = 0;
  const exercise = async (): Promise<void> => {
    for (const each of all) await each.exercise(times);
    times++;
  };
  await exercise();
  const loads = all.map((each) => each.load());
  try {
    await Promise.all(loads.map((load) => load.ready()));
    await during(async () => {
      await Promise.all(loads.map((load) => load.goesOn(GOES_ON_MS)));
      await exercise();
    });
    const accounts: string[] = [];
    for (const [at, each] of all.entries()) {
      const { acknowledged, longestGapMs } = await loads[at]!.end();
      const lost = await each.lost();
      const account = `${each.title}: ${acknowledged} acknowledged, ${lost} lost, longest gap ${longestGapMs} ms`;
      assert.ok(acknowledged > 0 && lost === 0 && longestGapMs <= each.mostGapMs, account);
      accounts.push(account);
    }
    assert.deepEqual(await podsOf(cluster, namespace, all), pods, 'pods of the programs were restarted');
    for (const { name, words } of all) {
      const own = Object.keys(pods).filter((pod) => pod.startsWith(`${name}-`));
      assert.deepEqual(complaintsIn(await logsOf(cluster, namespace, own), words), []);
    }
    return accounts.join('; ');
  } finally {
    for (const load of loads) load.kill();
  }
}

/** Their uids, and how often their containers have been restarted. */
async function podsOf(
  cluster: Cluster,
  namespace: string,
  all: readonly ProgramPods[],
): Promise<Readonly<Record<string, string>>> {
  const pods = await cluster.list(namespace, 'pods', `app in (${all.map(({ name }) => name).join(',')})`);
  return Object.fromEntries(
    pods.map(({ metadata, status }) => {
      const containers = (status?.containerStatuses ?? []) as readonly { readonly restartCount: number }[];
      return [
        metadata.name,
        `${metadata.uid}, restarts: ${containers.map(({ restartCount }) => restartCount)}`,
      ];
    }),
  );
}

async function logsOf(
  cluster: Cluster,
  namespace: string,
  pods: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(
    pods.map((pod) => cluster.kubectl(['--namespace', namespace, 'logs', pod])),
  );
  return new Map(pods.map((pod, at) => [pod, texts[at]!]));
}
