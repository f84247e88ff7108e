import { OpCode } from '@rookery/protocol';
import { answerCommand, COMMANDS } from '../../src/admin-server/commands.ts';
import type { CommandFacts } from '../../src/admin-server/facts.ts';
import { DEFAULT_FOUR_LETTER_WORDS, FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';
import { settingOfZooKey } from '../../src/config/settings.ts';
import { PROTECTIONS, reasonOfNoEffect } from '../../src/config/zoo-keys.ts';
import { operationOf } from '../../src/connections/operations.ts';
import { SCHEME_NAMES } from '../../src/connections/schemes.ts';
import { answerWord } from '../../src/four-letter-words/four-letter-words.ts';
import { monitorPairs, monitorValues } from '../../src/four-letter-words/monitor.ts';
import { ZOOKEEPER_KEYS } from '../config/zookeeper-keys.ts';
import { ZOOKEEPER_MONITOR_KEYS } from '../four-letter-words/zookeeper-monitor-keys.ts';

/** What a client of ZooKeeper may send by the number of its operation, and what of it is not as there, or why it is not here. */
const OPERATIONS: readonly (readonly [op: OpCode, name: string, difference?: string])[] = [
  [OpCode.create, 'create'],
  [OpCode.create2, 'create2'],
  [OpCode.createContainer, 'createContainer'],
  [OpCode.createTtl, 'createTTL', 'always on; ZooKeeper wants `extendedTypesEnabled`'],
  [OpCode.delete, 'delete'],
  [OpCode.deleteContainer, 'deleteContainer', "the server's own: no client may ask for it"],
  [OpCode.exists, 'exists'],
  [OpCode.getData, 'getData'],
  [OpCode.setData, 'setData'],
  [OpCode.getAcl, 'getACL'],
  [OpCode.setAcl, 'setACL'],
  [OpCode.getChildren, 'getChildren'],
  [OpCode.getChildren2, 'getChildren2'],
  [OpCode.getAllChildrenNumber, 'getAllChildrenNumber'],
  [OpCode.getEphemerals, 'getEphemerals'],
  [OpCode.sync, 'sync', 'asks a quorum, which ZooKeeper does not'],
  [OpCode.check, 'check'],
  [OpCode.multi, 'multi'],
  [OpCode.multiRead, 'multiRead'],
  [
    OpCode.reconfig,
    'reconfig',
    'where `reconfigEnabled` is true and no operator decides; by whom ZooKeeper lets, with -13 in fewer cases',
  ],
  [OpCode.addWatch, 'addWatch'],
  [OpCode.checkWatches, 'checkWatches'],
  [OpCode.removeWatches, 'removeWatches'],
  [OpCode.setWatches, 'setWatches', 'tells only of nodes which the client may read'],
  [OpCode.setWatches2, 'setWatches2', 'tells only of nodes which the client may read'],
  [OpCode.auth, 'auth'],
  [OpCode.sasl, 'sasl', 'DIGEST-MD5; no Kerberos'],
  [OpCode.whoAmI, 'whoAmI'],
  [OpCode.ping, 'ping'],
  [OpCode.closeSession, 'closeSession'],
];

/** Keys that are taken and are no setting of the same meaning. */
const OF_ITS_OWN: Readonly<Record<string, string>> = {
  'authProvider.1': 'which schemes there are: `auth.schemes`',
  'admin.forceHttps': '`http.tls.mode` required',
  'admin.needClientAuth': '`http.tls.clientAuth`',
  'admin.portUnification': '`http.tls.mode` optional',
  'admin.serverAddress': '`http.host`, where it is loopback: any other address needs a token, too',
  'client.portUnification': '`client.tls.mode` optional',
  connection_throttle_fill_count: 'connectionTokenFillCount',
  connection_throttle_fill_time: 'connectionTokenFillTime',
  connection_throttle_tokens: 'connectionMaxTokens',
  dynamicConfigFile: 'its `server.N` lines',
  'enforce.auth.enabled': 'whether `enforce.auth.schemes` counts',
  'enforce.auth.schemes': '`auth.requiredSchemes`',
  maxCnxns: '`limits.connections`; 0 is no wish',
  peerType: 'the role in its own `server.N` line counts',
  portUnification: '`peer.tls.mode` optional',
  quorumListenOnAllIPs: '`peer.host` ::',
  sessionRequireClientSASLAuth: '`auth.requiredSchemes` sasl',
  snapSizeLimitInKb: '`snapshotEveryBytes`; 0 is never in ZooKeeper, and the default here',
  sslQuorum: '`peer.tls.mode` required',
  standaloneEnabled: 'one member alone is standalone, whatever it says, and others may join it',
  superUser: '`sasl.superUsers`',
  version: 'ZooKeeper writes it by itself',
};

/** Commands that are streams and no answer in JSON, their other names, and what there is of them. */
const STREAMS: readonly (readonly [name: string, other: string, here: string])[] = [
  ['restore', 'rest', 'different: by the leader, for all members at once'],
  [
    'snapshot',
    'snap',
    'different: a second one at the same time is refused (409); where a token is set `world:anyone` opens nothing',
  ],
];

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')).replaceAll(' ', '') + rows.map(line).join('');
}

function operations(): string {
  const rows = OPERATIONS.map(([op, name, difference = '']) => {
    // In a multi only, as in ZooKeeper.
    const isThere = operationOf(op) !== undefined || op === OpCode.check;
    return [
      code(name),
      String(op),
      isThere ? sameness(difference) : 'absent: -6 (unimplemented)',
      difference,
    ];
  });
  return table(['operation', 'number', 'here', 'what differs, or why not'], rows);
}

function sameness(difference: string | undefined): string {
  return difference === undefined || difference === '' ? 'same' : 'different';
}

/** Of ZooKeeper's schemes, beside what the code has of them. */
const SCHEMES: readonly (readonly [name: string, difference: string])[] = [
  ['world', ''],
  ['auth', 'stands for what the creator has proved, in the order in which that was proved'],
  ['digest', ''],
  ['ip', ''],
  ['x509', ''],
  [
    'sasl',
    'DIGEST-MD5, by a JAAS file or a section of the YAML file; no Kerberos (GSSAPI), and none between members',
  ],
  ['super', ''],
  [
    'ensemble',
    'names the ensemble that a client looks for and proves nothing; `ensembleAuthName` has no effect',
  ],
];

function schemes(): string {
  const rows = SCHEMES.map(([name, difference]) => {
    return [code(name), SCHEME_NAMES.includes(name) ? sameness(difference) : 'absent', difference];
  });
  return table(['scheme', 'here', 'what differs, or why not'], rows);
}

/** What of the schemes that there are is in no row. */
export function schemesLeftOut(): string[] {
  return SCHEME_NAMES.filter((scheme) => !SCHEMES.some(([name]) => name === scheme));
}

function words(facts: CommandFacts): string {
  const defaults: readonly string[] = DEFAULT_FOUR_LETTER_WORDS;
  const rows = FOUR_LETTER_WORDS.map((word) => {
    const isThere = answerWord(word, facts)?.includes('is not available in this version') === false;
    const allowed = defaults.includes(word) ? 'by default' : 'once `4lw.commands.whitelist` has it';
    return [
      code(word),
      isThere ? 'same' : 'absent',
      isThere ? allowed : 'says so: there is no trace mask here',
    ];
  });
  return table(['word', 'here', 'answers'], rows);
}

/** Of words and commands that are there, what is not as in ZooKeeper; of all others that is nothing. */
const ANSWERS_DIFFER: Readonly<Record<string, string>> = {
  mntr: 'fewer numbers, see Metrics',
  monitor: 'fewer numbers, see Metrics',
  observers: 'of a learner its server id and address',
  system_properties: 'the settings in force, under the names that ZooKeeper has for them',
};

function tellDifference(name: string): string {
  const difference = ANSWERS_DIFFER[name];
  return difference === undefined ? 'same' : `different: ${difference}`;
}

function commands(facts: CommandFacts): string {
  const rows = COMMANDS.map(({ names: [primary, ...others] }) => {
    const { error } = answerCommand(primary, facts);
    return [
      code(primary),
      others.map(code).join(', '),
      error === null ? tellDifference(primary) : `absent: ${error}`,
    ];
  });
  const streams = STREAMS.map(([name, other, here]) => [code(name), code(other), here]);
  return table(['command', 'also called', 'here'], [...rows, ...streams].sort(byFirst));
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}

function keys(): string {
  const rows = ZOOKEEPER_KEYS.map((key) => {
    const setting = settingOfZooKey(key);
    const protection = PROTECTIONS.get(key);
    const reason = reasonOfNoEffect(key);
    if (setting !== undefined) return [code(key), 'taken', `the setting ${code(setting)}`];
    if (protection !== undefined) return [code(key), 'refused where it is true', `there is no ${protection}`];
    return reason === undefined
      ? [code(key), 'taken', OF_ITS_OWN[key] ?? 'NOT SAID']
      : [code(key), 'without effect', reason];
  });
  return table(['key of a zoo.cfg', 'here', 'as what, or why not'], rows);
}

function metrics(facts: CommandFacts): string {
  const own = new Set(monitorPairs(monitorValues(facts)).map(([name]) => name));
  const theirs = [...ZOOKEEPER_MONITOR_KEYS].map((key) => key.replace(/^zk_/, ''));
  const told = theirs.filter((key) => own.has(key)).sort();
  return `Told, ${told.length} of ${theirs.length}: ${told.map(code).join(', ')}.\n`;
}

/** The generated sections of docs/zookeeper-compatibility.md, by their names. */
export function sections(facts: CommandFacts): ReadonlyMap<string, string> {
  return new Map([
    ['operations', operations()],
    ['schemes', schemes()],
    ['keys', keys()],
    ['words', words(facts)],
    ['commands', commands(facts)],
    ['metrics', metrics(facts)],
  ]);
}

/** What of the operations that clients may send is in no row. */
export function operationsLeftOut(): string[] {
  const rows = new Set<number>(OPERATIONS.map(([op]) => op));
  return Object.entries(OpCode)
    .filter(([, op]) => operationOf(op) !== undefined && !rows.has(op))
    .map(([name]) => name);
}
