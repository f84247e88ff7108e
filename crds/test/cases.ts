import type { CoordinationClusterSpecInput } from '../src/index.ts';
import { accepted } from './accepted-cases.ts';

/** One write of a CoordinationCluster, and who refuses it. */
export interface Case {
  readonly title: string;
  readonly name?: string;
  /** Beyond what every valid spec has. Not typed: people write what is wrong, too. */
  readonly spec: unknown;
  /** The spec that was there before: an update. */
  readonly before?: CoordinationClusterSpecInput;
  /** Where, and what the message tells the person: of a CEL rule (`rule`), or by the schema's keywords (`keyword`). */
  readonly refused?:
    | { readonly by: 'rule'; readonly at: string; readonly says: string }
    | { readonly by: 'keyword'; readonly at: string };
}

const version = '1.0.0';

function rule(at: string, says: string): NonNullable<Case['refused']> {
  return { by: 'rule', at, says };
}

function keyword(at: string): NonNullable<Case['refused']> {
  return { by: 'keyword', at };
}

const refusedByRules: readonly Case[] = [
  {
    title: 'an even number',
    spec: { version, replicas: 4 },
    refused: rule('spec.replicas', 'write an odd number of replicas, 1, 3, 5 or 7'),
  },
  {
    title: 'an even number by scaling',
    before: { version, replicas: 3 },
    spec: { version, replicas: 2 },
    refused: rule('spec.replicas', 'write an odd number of replicas, 1, 3, 5 or 7'),
  },
  {
    title: 'an even number that is no longer allowed',
    before: { version, replicas: 2, allowEvenReplicas: true },
    spec: { version, replicas: 2 },
    refused: rule('spec.replicas', 'or set spec.allowEvenReplicas to true'),
  },
  {
    title: 'a name that is too long',
    name: 'a'.repeat(41),
    spec: { version },
    refused: rule('metadata.name', 'write a name of at most 40 characters'),
  },
  ...['a.b', '1a'].map((name) => ({
    title: `a name that no Service can have: ${name}`,
    name,
    spec: { version },
    refused: rule(
      'metadata.name',
      'write a name of lower-case letters, digits and hyphens that begins with a letter',
    ),
  })),
  ...['1.0', 'v1.0.0', 'latest', '1.0.0+build', '01.0.0', ''].map((text) => ({
    title: `a version that is none: "${text}"`,
    spec: { version: text },
    refused: rule('spec.version', 'write the version as MAJOR.MINOR.PATCH, such as "1.0.0"'),
  })),
  {
    title: 'a smaller volume',
    before: { version },
    spec: { version, storage: { size: '9Gi' } },
    refused: rule('spec.storage.size', 'a volume cannot shrink: write'),
  },
  {
    title: 'a smaller volume in a unit with a larger number',
    before: { version, storage: { size: '10Gi' } },
    spec: { version, storage: { size: '10000Mi' } },
    refused: rule('spec.storage.size', 'a volume cannot shrink: write'),
  },
  {
    title: 'a volume that is too small',
    spec: { version, storage: { size: '512Mi' } },
    refused: rule('spec.storage.size', 'write 1Gi or more'),
  },
  ...['10GB', '-1Gi', '10 Gi', '1Zi', '10m'].map((size) => ({
    title: `a size that is none: ${size}`,
    spec: { version, storage: { size } },
    refused: rule('spec.storage.size', 'write a number of bytes, such as "512Mi", "2Gi" or "10G"'),
  })),
  ...(
    [
      ['another class', 'fast', 'slow'],
      ['a class where there was none', undefined, 'fast'],
      ['no class where there was one', 'fast', undefined],
      ['an empty class where there was none', undefined, ''],
    ] as const
  ).map(([title, from, to]) => ({
    title,
    before: { version, storage: from === undefined ? {} : { storageClassName: from } },
    spec: { version, storage: to === undefined ? {} : { storageClassName: to } },
    refused: rule('spec.storage.storageClassName', 'cannot be changed: leave it as it was'),
  })),
  ...['a:1.0', 'a@sha256:00', 'https://a/b', 'A/b', ''].map((repository) => ({
    title: `an image with more than a name: "${repository}"`,
    spec: { version, image: { repository } },
    refused: rule('spec.image.repository', 'write the name of the image without tag and digest'),
  })),
  ...['2', '2 s', '0s', '1h30m', '-1s'].map((tickTime) => ({
    title: `a length of time that is none: ${tickTime}`,
    spec: { version, config: { tickTime } },
    refused: rule('spec.config.tickTime', 'write a length of time as a whole number and a unit'),
  })),
  ...['9ms', '61m'].map((tickTime) => ({
    title: `a tick out of range: ${tickTime}`,
    spec: { version, config: { tickTime } },
    refused: rule('spec.config.tickTime', 'write a length of time from 10ms to 1h'),
  })),
  {
    title: 'session timeouts the wrong way round',
    spec: { version, config: { minSessionTimeout: '1m', maxSessionTimeout: '30s' } },
    refused: rule(
      'spec.config.maxSessionTimeout',
      'write a maxSessionTimeout (absent: 20 ticks) of at least',
    ),
  },
  {
    title: 'no patience with nodes',
    spec: { version, nodeFailure: { replaceAfter: '29s' } },
    refused: rule('spec.nodeFailure.replaceAfter', 'write a length of time from 30s to 24h'),
  },
  {
    title: 'a patience of days',
    spec: { version, update: { readyTimeout: '25h' } },
    refused: rule('spec.update.readyTimeout', 'write a length of time from 1s to 24h'),
  },
  {
    title: 'a proof of days',
    spec: { version, update: { proof: { timeout: '25h' } } },
    refused: rule('spec.update.proof.timeout', 'write a length of time from 1s to 24h'),
  },
  ...(['minSessionTimeout', 'maxSessionTimeout'] as const).map((name) => ({
    title: `a ${name} beyond what the protocol can carry`,
    spec: { version, config: { [name]: '501h' } },
    refused: rule(`spec.config.${name}`, 'write a length of time from 1ms to 500h'),
  })),
  {
    title: 'a longest session timeout below two ticks',
    spec: { version, config: { maxSessionTimeout: '3999ms' } },
    refused: rule(
      'spec.config.maxSessionTimeout',
      'write a maxSessionTimeout (absent: 20 ticks) of at least',
    ),
  },
  {
    title: 'a shortest session timeout above twenty ticks',
    spec: { version, config: { tickTime: '1s', minSessionTimeout: '21s' } },
    refused: rule(
      'spec.config.maxSessionTimeout',
      'write a maxSessionTimeout (absent: 20 ticks) of at least',
    ),
  },
  ...[{ window: 'read' }, { httpForPrograms: true }, { enforceQuotas: true }, { readOnlyMode: true }].map(
    (config) => ({
      title: `${Object.keys(config).join()} for members that do not know it`,
      spec: { version: '0.2.11-rc.1', config },
      refused: rule('spec.config', 'which members know from 0.3.0 on'),
    }),
  ),
  {
    title: 'a former version that does not know a setting which stays',
    before: { version: '0.3.0', config: { window: 'read' } },
    spec: { version: '0.2.0', config: { window: 'read' } },
    refused: rule('spec.config', 'which members know from 0.3.0 on'),
  },
  {
    title: 'more connections than sessions',
    spec: { version, config: { limits: { sessions: 49_999 } } },
    refused: rule('spec.config.limits.sessions', 'write at least as many sessions as connections'),
  },
  {
    title: 'more connections than requests',
    spec: { version, config: { limits: { connections: 100_001 } } },
    refused: rule('spec.config.limits.outstandingRequests', 'write at least as many outstandingRequests'),
  },
  {
    title: 'less memory allowed than asked for',
    spec: { version, resources: { requests: { memory: '1Gi' } } },
    refused: rule('spec.resources.limits.memory', 'write a limit of memory'),
  },
  {
    title: 'fewer processors allowed than asked for',
    spec: { version, resources: { limits: { cpu: '100m' } } },
    refused: rule('spec.resources.limits.cpu', 'write a limit of cpu'),
  },
  ...['512m', '64Mi', 1024, -1].map((memory) => ({
    title: `memory that is none or too little: ${memory}`,
    spec: { version, resources: { limits: { memory } } },
    refused: rule(
      'spec.resources.limits.memory',
      'write a number of bytes, such as "512Mi", "2Gi" or "10G"; at least 128Mi',
    ),
  })),
  ...['1 core', '0', 0, -1].map((cpu) => ({
    title: `processors that are none: ${cpu}`,
    spec: { version, resources: { requests: { cpu } } },
    refused: rule('spec.resources.requests.cpu', 'write a number of processors, such as "200m"'),
  })),
  ...['zk example', '-zk.example.com', 'https://zk.example.com'].map((hostname) => ({
    title: `a name that is none: ${hostname}`,
    spec: { version, tls: { client: { hostnames: [hostname] } } },
    refused: rule('spec.tls.client.hostnames[0]', 'write a DNS name such as "zk.example.com"'),
  })),
  {
    title: 'names for a certificate that is brought along',
    spec: { version, tls: { client: { secretName: 'zk-tls', hostnames: ['zk.example.com'] } } },
    refused: rule('spec.tls.client.hostnames', 'leave out hostnames with a secretName'),
  },
  ...(['peer', 'client'] as const).map((end) => ({
    title: `a Secret and an issuer, both for ${end}`,
    spec: { version, tls: { [end]: { secretName: 'zk-tls', issuer: { name: 'company-ca' } } } },
    refused: rule(`spec.tls.${end}.issuer`, 'write secretName or issuer and leave out the other'),
  })),
  {
    title: 'a kind of issuer that cert-manager does not have',
    spec: { version, tls: { client: { issuer: { name: 'company-ca', kind: 'Clusterissuer' } } } },
    refused: rule('spec.tls.client.issuer.kind', 'write Issuer or ClusterIssuer'),
  },
  {
    title: 'certificates of clients that do not speak TLS',
    spec: { version, tls: { client: { clientAuth: { secretName: 'clients' } } } },
    refused: rule(
      'spec.tls.client.clientAuth',
      'set mode to Required (or Optional), or leave out clientAuth',
    ),
  },
  {
    title: 'no overlap of authorities',
    spec: { version, tls: { caOverlap: '500ms' } },
    refused: rule('spec.tls.caOverlap', 'write a length of time from 1s to 8760h'),
  },
  ...(['labels', 'annotations'] as const).map((kind) => ({
    title: `the operator's own ${kind}`,
    spec: { version, podTemplate: { metadata: { [kind]: { 'rookery.dev/cluster': 'other' } } } },
    refused: rule(`spec.podTemplate.metadata.${kind}`, 'leave out keys that begin with app.kubernetes.io/'),
  })),
  ...[{}, { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }].map((peer) => ({
    title: `clients from ${JSON.stringify(peer)}`,
    spec: { version, networkPolicy: { clientFrom: [peer] } },
    refused: rule(
      'spec.networkPolicy.clientFrom[0]',
      'write podSelector, namespaceSelector or both, or else ipBlock alone',
    ),
  })),
  ...[
    { key: 'a', operator: 'In' },
    { key: 'a', operator: 'Exists', values: ['b'] },
  ].map((expression) => ({
    title: `a selector of ${JSON.stringify(expression)}`,
    spec: { version, networkPolicy: { clientFrom: [{ podSelector: { matchExpressions: [expression] } }] } },
    refused: rule(
      'spec.networkPolicy.clientFrom[0].podSelector.matchExpressions[0]',
      'write values with the operators In and NotIn',
    ),
  })),
  ...(
    [
      [{}, 'write a key, or the operator Exists'],
      [{ key: 'a', operator: 'Exists', value: 'b' }, 'leave out the value with the operator Exists'],
      [{ key: 'a', tolerationSeconds: 1 }, 'write the effect NoExecute with tolerationSeconds'],
    ] as const
  ).map(([toleration, says]) => ({
    title: `a toleration of ${JSON.stringify(toleration)}`,
    spec: { version, scheduling: { tolerations: [toleration] } },
    refused: rule('spec.scheduling.tolerations[0]', says),
  })),
];

const refusedByKeywords: readonly Case[] = [
  {
    title: 'a mode of TLS that there is not',
    spec: { version, tls: { client: { mode: 'required' } } },
    refused: keyword('spec.tls.client.mode'),
  },
  {
    title: 'an issuer without a name',
    spec: { version, tls: { peer: { issuer: { kind: 'ClusterIssuer' } } } },
    refused: keyword('spec.tls.peer.issuer.name'),
  },
  {
    title: 'certificates of clients by no authority',
    spec: { version, tls: { client: { mode: 'Required', clientAuth: {} } } },
    refused: keyword('spec.tls.client.clientAuth.secretName'),
  },
  { title: 'no version', spec: {}, refused: keyword('spec.version') },
  { title: 'a version that YAML reads as a number', spec: { version: 1 }, refused: keyword('spec.version') },
  { title: 'no member', spec: { version, replicas: 0 }, refused: keyword('spec.replicas') },
  { title: 'nine members', spec: { version, replicas: 9 }, refused: keyword('spec.replicas') },
  {
    title: 'more read replicas than there may be',
    spec: { version, readReplicas: 21 },
    refused: keyword('spec.readReplicas'),
  },
  {
    title: 'less than no read replica',
    spec: { version, readReplicas: -1 },
    refused: keyword('spec.readReplicas'),
  },
  { title: 'half a member', spec: { version, replicas: 1.5 }, refused: keyword('spec.replicas') },
  { title: 'a number in quotes', spec: { version, replicas: '3' }, refused: keyword('spec.replicas') },
  {
    title: 'a window that does not exist',
    spec: { version, config: { window: 'off' } },
    refused: keyword('spec.config.window'),
  },
  { title: 'a word for true', spec: { version, paused: 'yes' }, refused: keyword('spec.paused') },
  {
    title: 'a policy that there is not',
    spec: { version, storage: { retention: { whenDeleted: 'retain' } } },
    refused: keyword('spec.storage.retention.whenDeleted'),
  },
  {
    title: 'a Secret twice',
    spec: { version, image: { pullSecrets: [{ name: 'a' }, { name: 'a' }] } },
    refused: keyword('spec.image.pullSecrets[1]'),
  },
  {
    title: 'a four-letter word that is not answered',
    spec: { version, config: { fourLetterWords: ['ruok', 'dump'] } },
    refused: keyword('spec.config.fourLetterWords[1]'),
  },
  {
    title: 'a four-letter word twice',
    spec: { version, config: { fourLetterWords: ['ruok', 'ruok'] } },
    refused: keyword('spec.config.fourLetterWords[1]'),
  },
  {
    title: 'a fraction of a processor without quotes',
    spec: { version, resources: { limits: { cpu: 0.5 } } },
    refused: keyword('spec.resources.limits.cpu'),
  },
  {
    title: 'a list where an object is wanted',
    spec: { version, storage: [] },
    refused: keyword('spec.storage'),
  },
  {
    title: 'a label that is too long',
    spec: { version, podTemplate: { metadata: { labels: { a: 'x'.repeat(64) } } } },
    refused: keyword('spec.podTemplate.metadata.labels.a'),
  },
  {
    title: 'a label that is a number',
    spec: { version, podTemplate: { metadata: { labels: { a: 1 } } } },
    refused: keyword('spec.podTemplate.metadata.labels.a'),
  },
  {
    title: 'more peers than a list may hold',
    spec: { version, networkPolicy: { clientFrom: Array.from({ length: 33 }, () => ({ podSelector: {} })) } },
    refused: keyword('spec.networkPolicy.clientFrom'),
  },
];

export const cases: readonly Case[] = [...accepted, ...refusedByRules, ...refusedByKeywords];
