import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import { javaProgram } from '../../java-program.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { type Java, smallJava } from '../../small-java.ts';
import { exercised, overseerKilled } from './exercises.ts';
import { SolrCluster } from './solr-cluster.ts';

const here = import.meta.dirname;
const CHROOT = '/solr';
const CONFIG_SET = 'rookery';
const COLLECTION = 'documents';
const ZK_CLIENT_TIMEOUT_MS = 15_000;
const TOOL_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 90_000;
const OVERSEER_KILLED_AT = 2;
/** Analysis of Japanese and Korean, and TLS by OpenSSL: nobody here needs them. */
export const LEFT_OUT = [
  'lucene-analysis-kuromoji',
  'lucene-analysis-nori',
  'netty-tcnative-boringssl-static',
];

export const solr: Neighbour = {
  name: 'solr',
  title: 'Apache Solr',
  version: '9.10.1',
  source: 'Maven: org.apache.solr:solr-core; its nodes are started by JettySolrRunner of solr-test-framework',
  proves:
    'SolrCloud keeps every accepted document of 2 shards with 2 replicas, its collections API works on, and another node takes over from an overseer that is killed',
  needs: ['javac', 'mvn'],
  settings: `\`\`\`sh
# Once: the chroot. Solr does not start with one that is not there.
bin/solr zk mkroot /solr -z zk-0:2181,zk-1:2181,zk-2:2181
# solr.in.sh
ZK_HOST="zk-0:2181,zk-1:2181,zk-2:2181/solr"
ZK_CLIENT_TIMEOUT="30000"
\`\`\`

The chroot stands once, after the last member; so it does after \`-z\` of the tools. SolrJ takes it as the second argument of
\`new CloudHttp2SolrClient.Builder(hosts, Optional.of("/solr"))\`.

TLS: Solr has no words of its own for it: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in \`SOLR_OPTS\`, with the port of TLS in \`ZK_HOST\`. The tools want them, too
(\`SOLR_TOOL_OPTS\`).

ACLs: \`SOLR_ZK_CREDS_AND_ACLS\` of solr.in.sh (\`-DzkACLProvider=…VMParamsAllAndReadonlyDigestZkACLProvider\`,
\`-DzkCredentialsProvider=…VMParamsSingleSetCredentialsDigestZkCredentialsProvider\`, \`-DzkDigestUsername\`, \`-DzkDigestPassword\`) sets a digest on every node that
it creates, not on those that are there.

A trap: \`-DzkRun\` starts a ZooKeeper of Java's within Solr; leave it out, \`ZK_HOST\` alone decides.`,
  words: {
    // What ZooKeeper's client says of a session that ended, of answers that it cannot read or did not ask for; what Solr says where it has no session, and
    // every error of its own classes for ZooKeeper. A lost connection says none of it.
    complaint:
      /KeeperErrorCode = (?!ConnectionLoss)|session was expired|session 0x[0-9a-f]+ has expired|Xid out of order|Packet len|Unreasonable length|AuthFailed|Cannot talk to ZooKeeper|Could not connect to ZooKeeper|ZooKeeperException|OutOfMemoryError|ERROR .*(?:ClientCnxn|ZkController|ZkStateReader|SolrZkClient|ConnectionManager|LeaderElector|ElectionContext|Overseer|ZkShardTerms|ZkDistributedQueue)/,
    tolerated: [],
  },
  // A node that was killed leads its shards until its session has ended after 15 s; the others elect a leader then, and SolrJ gives a request 10 s.
  longestGapMs: 45_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { connect, folder, note } = context;
  const { classpath } = javaProgram(here, note, LEFT_OUT);
  const zkHost = `${connect}${CHROOT}`;
  const java = (heap: string, ...own: readonly string[]): Java =>
    smallJava({
      folder,
      classpath,
      heap,
      flags: [
        // bin/solr always says where these are.
        `-Dsolr.install.dir=${folder}`,
        `-Dsolr.log.dir=${folder}`,
        `-Dlog4j2.configurationFile=${join(here, 'home', 'log4j2.xml')}`,
        ...context.javaTls,
        ...own,
      ],
    });
  const zkTool = (...args: readonly string[]): void => {
    const [command, ...options] = java('64m')('org.apache.solr.cli.SolrCLI', 'zk', ...args);
    // What bin/solr zk runs; its output is shown where it fails.
    execFileSync(command, options, {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: TOOL_TIMEOUT_MS,
    });
  };
  zkTool('mkroot', CHROOT, '--zk-host', connect);
  zkTool('upconfig', '--zk-host', zkHost, '--conf-name', CONFIG_SET, '--conf-dir', join(here, 'conf'));

  const ports = await context.ports(2);
  const nodes = ports.map((port, index) => {
    const name = `solr-${index + 1}`;
    const home = join(folder, name);
    mkdirSync(home);
    cpSync(join(here, 'home', 'solr.xml'), join(home, 'solr.xml'));
    const node = java('256m', `-DzkHost=${zkHost}`, `-DzkClientTimeout=${ZK_CLIENT_TIMEOUT_MS}`);
    const daemon = context.daemon(name, node('SolrNode', home, String(port)));
    return {
      port,
      name: `${HOST}:${port}_solr`,
      daemon,
      get alive() {
        return daemon.alive;
      },
    };
  });
  await Promise.all(nodes.map(({ daemon }) => daemon.says(/^ready$/m, START_TIMEOUT_MS)));
  const cluster = new SolrCluster(nodes);
  await cluster.create(COLLECTION, { shards: 2, replicas: 2, configSet: CONFIG_SET });
  note('2 nodes serve a collection of 2 shards with 2 replicas each');

  const acceptedFile = join(folder, 'accepted');
  return {
    load: () => context.load(java('128m')('Load', connect, CHROOT, COLLECTION, acceptedFile)),
    exercise: async (times) => {
      await exercised(cluster, CONFIG_SET, times);
      return times === OVERSEER_KILLED_AT ? await overseerKilled(cluster, COLLECTION) : undefined;
    },
    lost: async () => {
      const accepted = readFileSync(acceptedFile, 'utf8').split('\n').filter(Boolean);
      await cluster.allActive(COLLECTION);
      const everywhere = await cluster.idsOnEveryNode(COLLECTION);
      return accepted.filter((id) => !everywhere.has(id)).length;
    },
  };
}
