import { type Absent, absent } from './absent.ts';
import type { Neighbour } from './neighbour.ts';
import { neighbours } from './programs/index.ts';
import { keptReports, type Report } from './report.ts';

const number = new Intl.NumberFormat('en');

/** The text of docs/runs-on-rookery.md. */
export function page(): string {
  return pageOf(neighbours, keptReports(), absent);
}

export function pageOf(
  all: readonly Neighbour[],
  reports: ReadonlyMap<string, Report>,
  notThere: readonly Absent[],
): string {
  return `${[...head(), ...table(all, reports), ...recorded(reports), ...settings(all), ...IN_KUBERNETES, ...missing(notThere)].join('\n')}\n`;
}

function head(): string[] {
  return [
    '<!-- Made by `node e2e/neighbours/run.ts --report`; a test sees to it that it is what that makes. -->',
    '',
    '# Programs that run on Rookery',
    '',
    'Real programs from the package registries, each with the configuration that its users write, on three members of its own. Each is loaded by its own client for a minute and',
    'more, while the leader is killed (`kill -9`) and each member is restarted in turn; after each of that the program has to go on, and what it needs its coordination service for is used: leaders of its own',
    'are killed, topics, tables and leaders moved. *Lost* counts operations that were acknowledged to the client and are not there at the end. A run fails where anything is lost, where nothing is',
    "acknowledged for longer than the program's own timeouts explain, and where its logs complain of its coordination service, but for connections that went and came back.",
    '',
    '`make neighbours` runs all of them; `node e2e/neighbours/run.ts --only kafka` runs one, and `--against zookeeper` runs it on Apache ZooKeeper 3.9.5, which is how each set-up was shown to be fair.',
    'What each of them sends is kept, by kind and shape, in `e2e/compatibility/recorded/programs`, and is played side by side with Apache ZooKeeper (`make test-compatibility`).',
    '',
    '[In Kubernetes](#in-kubernetes) Kafka and Solr also run as pods, by TLS with certificates of their own.',
    '',
    'Client libraries (Java, Curator with its own test suites, kazoo with its own, C, Go, Node, Rust) are in [the page of ZooKeeper users](zookeeper-compatibility.md#clients).',
    '',
  ];
}

/** What `javaTls` of tls-files.ts gives them. */
const JAVA_TLS = `## TLS for programs of Java

They have ZooKeeper's own client, and most have no words of their own for what it can: it reads properties of the virtual machine.

\`\`\`
-Dzookeeper.client.secure=true
-Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty
-Dzookeeper.ssl.trustStore.location=/etc/zookeeper/authority.pem
-Dzookeeper.ssl.trustStore.type=PEM
-Dzookeeper.ssl.keyStore.location=/etc/zookeeper/client.pem
-Dzookeeper.ssl.keyStore.type=PEM
\`\`\`

The key store, private key and certificate in one file, is for members that ask for a certificate.
`.split('\\n');

/** What `e2e/operator/scenarios/programs.ts` runs. */
const IN_KUBERNETES = `## In Kubernetes

In \`make e2e\` three brokers of Kafka and two nodes of Solr run as pods beside a \`CoordinationCluster\` that takes clients by TLS alone, and only those that show a certificate. Under load all certificates of
the members are renewed, and the members are upgraded from the last release to this one: nothing that was acknowledged is lost, no pod of Kafka or Solr restarts, neither goes without an
acknowledgement for longer than 5 s, and neither's log complains.

\`\`\`yaml
spec:
  tls:
    client:
      mode: Required
      clientAuth: {mode: Required, secretName: client-authorities}   # its ca.crt: who signs the certificates of clients
\`\`\`

The members are \`NAME.NAMESPACE.svc.cluster.local:2181\`; whom to trust stands in the ConfigMap \`NAME-ca\` (\`ca.crt\`), and both that file and a PEM file of private key and certificate are taken as they are by
ZooKeeper's own client, with \`…trustStore.type=PEM\` and \`…keyStore.type=PEM\`. With \`zookeeper.set.acl=true\` Kafka's nodes belong to the subject of the brokers' certificate.
`.split('\n');

function table(all: readonly Neighbour[], reports: ReadonlyMap<string, Report>): string[] {
  const rows = all.map((neighbour) => {
    const report = reports.get(neighbour.name);
    const what = `| [${neighbour.title}](#${anchor(neighbour.title)}) | ${neighbour.version} |`;
    if (report === undefined || report.version !== neighbour.version)
      return `${what} not run yet | | | | | | |`;
    const { acknowledged, lost, longestGapMs, loadSeconds, faults, exercises } = report;
    const { minutes, date, isRecorded, byTls } = report;
    const cells = [
      `${number.format(acknowledged)} in ${loadSeconds} s`,
      String(lost),
      `${(longestGapMs / 1_000).toFixed(1)} s`,
      String(faults.length),
      byTls ? 'yes' : 'no',
      [...new Set(exercises)].join('; '),
      `${minutes.toFixed(1)} min, ${date}${isRecorded ? ', recorded[^r]' : ''}`,
    ];
    return `${what} ${cells.join(' | ')} |`;
  });
  return [
    '| program | version | acknowledged | lost | longest gap | members killed or restarted | by TLS | what was done besides | the run |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function recorded(reports: ReadonlyMap<string, Report>): string[] {
  if (![...reports.values()].some(({ isRecorded }) => isRecorded)) return [];
  return [
    '[^r]: What the program sent was recorded in the same run, by a proxy before each member to which it spoke without TLS.',
    '',
  ];
}

function settings(all: readonly Neighbour[]): string[] {
  return [
    '# What to write into their configuration',
    '',
    '`zk-0:2181,zk-1:2181,zk-2:2181` stands for the members; in Kubernetes, the headless Service and the Pods of a `CoordinationCluster`.',
    '',
    ...JAVA_TLS,
    ...all.flatMap(({ title, version, source, settings: text }) => [
      `## ${title}`,
      '',
      `${version}. ${source}.`,
      '',
      text.trim(),
      '',
    ]),
  ];
}

function missing(notThere: readonly Absent[]): string[] {
  if (notThere.length === 0) return [];
  return [
    '# What could not be had',
    '',
    '| program | what was tried |',
    '|---|---|',
    ...notThere.map(({ title, tried }) => `| ${title} | ${tried} |`),
  ];
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
