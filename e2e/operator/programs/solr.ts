import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import { run } from '../../../tools/kube/commands.ts';
import { buildJavaImage } from '../../../tools/kube/images/java.ts';
import { javaProgram } from '../../neighbours/java-program.ts';
import { Load } from '../../neighbours/load.ts';
import { exercised } from '../../neighbours/programs/solr/exercises.ts';
import { LEFT_OUT, solr } from '../../neighbours/programs/solr/neighbour.ts';
import { eventually, SolrCluster } from '../../neighbours/programs/solr/solr-cluster.ts';
import { javaTls } from '../../neighbours/tls-files.ts';
import { execInPod } from '../exec-in-pod.ts';
import { type PortForward, portForward } from '../port-forward.ts';
import { AUTHORITY, CLIENT_PEM, DATA_FOLDER, javaInPod, objectsOf } from './java-pods.ts';
import type { ProgramPods, Surroundings } from './program-pods.ts';

const NODES = 2;
const PORT = 8983;
const CHROOT = '/solr';
const CONFIG_SET = 'rookery';
const COLLECTION = 'documents';
const ACCEPTED = '/tmp/accepted';
const START_SECONDS = 180;
const LIVE_TIMEOUT_MS = 60_000;
const folder = join(import.meta.dirname, '..', '..', 'neighbours', 'programs', 'solr');

/** Two nodes, each a pod, with a collection of two shards whose replicas are on both. */
export async function solrPods({ cluster, namespace, hosts, authority }: Surroundings): Promise<ProgramPods> {
  const { reference, archive } = await buildJavaImage({
    name: 'solr',
    ...javaProgram(folder, printLine, LEFT_OUT),
  });
  await cluster.provider.loadImage(archive);
  const java = (heap: string, ...own: readonly string[]) =>
    javaInPod(heap, [
      `-Dsolr.install.dir=${DATA_FOLDER}`,
      `-Dsolr.log.dir=${DATA_FOLDER}`,
      '-Dlog4j2.configurationFile=/config/log4j2.xml',
      ...javaTls({ authority: AUTHORITY, keyStore: CLIENT_PEM }),
      ...own,
    ]);
  const zkTool = (...args: readonly string[]): readonly string[] =>
    java('64m')('org.apache.solr.cli.SolrCLI', 'zk', ...args);
  const nameOf = (pod: string): string => `${pod}.solr.${namespace}.svc.cluster.local`;
  const node = java(
    '256m',
    `-DzkHost=${hosts}${CHROOT}`,
    '-DzkClientTimeout=15000',
    '-Dlisten=0.0.0.0',
    `-Dhost=${nameOf('$(POD_NAME)')}`,
  );
  const file = (path: string, as: string): readonly [string, string] => [
    join(as, basename(path)),
    readFileSync(join(folder, path), 'utf8'),
  ];
  const objects = objectsOf({
    name: 'solr',
    replicas: NODES,
    firstOrdinal: 0,
    image: reference,
    authority,
    files: Object.fromEntries([
      file('home/solr.xml', DATA_FOLDER),
      file('home/log4j2.xml', '/config'),
      file('conf/schema.xml', '/conf'),
      file('conf/solrconfig.xml', '/conf'),
    ]),
    before: [
      zkTool('mkroot', CHROOT, '--zk-host', hosts),
      zkTool('upconfig', '--zk-host', `${hosts}${CHROOT}`, '--conf-name', CONFIG_SET, '--conf-dir', '/conf'),
    ],
    command: node('SolrNode', DATA_FOLDER, String(PORT)),
    port: PORT,
  });
  for (const object of objects) await cluster.apply(namespace, object);
  const rollout = ['rollout', 'status', 'statefulset/solr', `--timeout=${START_SECONDS}s`];
  await cluster.kubectl(['--namespace', namespace, ...rollout]);
  const forwards: PortForward[] = [];
  const nodes = [];
  for (let ordinal = 0; ordinal < NODES; ordinal++) {
    const pod = `solr-${ordinal}`;
    const forward = await portForward(namespace, pod, PORT);
    forwards.push(forward);
    nodes.push({ port: forward.port, name: `${nameOf(pod)}:${PORT}_solr`, alive: true });
  }
  const solrCluster = new SolrCluster(nodes);
  // Their ports are open before they have told one another.
  await eventually(`${NODES} nodes of Solr to live`, LIVE_TIMEOUT_MS, async () => {
    const { live_nodes: live } = await solrCluster.status();
    return live.length === NODES ? undefined : live.join(', ');
  });
  await solrCluster.create(COLLECTION, { shards: 2, replicas: 2, configSet: CONFIG_SET });
  const inPod = (command: readonly string[]): [string, ...string[]] =>
    execInPod(namespace, 'solr-0', command);
  return {
    title: solr.title,
    name: 'solr',
    words: solr.words,
    mostGapMs: 5_000,
    load: () => new Load(solr.title, inPod(java('128m')('Load', hosts, CHROOT, COLLECTION, ACCEPTED)), {}),
    exercise: (times) => exercised(solrCluster, CONFIG_SET, times),
    lost: async () => {
      const accepted = (await run(inPod(java('64m')('load.Cat', ACCEPTED)))).split('\n').filter(Boolean);
      await solrCluster.allActive(COLLECTION);
      const everywhere = await solrCluster.idsOnEveryNode(COLLECTION);
      return accepted.filter((id) => !everywhere.has(id)).length;
    },
    close: () => {
      for (const forward of forwards) forward.close();
    },
  };
}
