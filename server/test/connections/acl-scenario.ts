/**
 * What access lists and auth requests come to, asked over a socket: run against Apache ZooKeeper 3.9.5 it wrote `acl-answers.txt`
 * (record-acl-answers.ts), and this server has to answer the same.
 */
import { createHash } from 'node:crypto';
import {
  type AclList,
  CreateMode,
  OPEN_ACL,
  OpCode,
  Permission,
  readGetAclReply,
  writePathWatchRequest,
} from '@rookery/protocol';
import { type Reply, TestClient } from './test-client.ts';

export function digestOf(proof: string): string {
  return `${proof.split(':')[0]}:${createHash('sha1').update(proof).digest('base64')}`;
}

const OWNER = 'owner:1';
const READER = 'reader:2';
export const SUPER_PROOF = 'super:the root of all';

/** Short for the digests of the people here. */
const NAMES = [OWNER, READER, SUPER_PROOF].map((proof) => [digestOf(proof), `<${proof}>`] as const);

const entry = (scheme: string, id: string, perms: number = Permission.all) => ({ perms, scheme, id });
const owners = (perms: number = Permission.all) => entry('digest', digestOf(OWNER), perms);

/** Lists that a node is made with. */
const LISTS: readonly AclList[] = [
  [],
  OPEN_ACL,
  [entry('world', 'anyone', 0)],
  [entry('world', 'somebody')],
  [entry('world', '')],
  [entry('auth', '')],
  [entry('auth', 'ignored', 1)],
  [entry('auth', ''), entry('world', 'anyone', 1)],
  [entry('auth', ''), entry('auth', '')],
  [owners(), owners(), owners(1)],
  [entry('digest', '')],
  [entry('digest', 'nocolon')],
  [entry('digest', 'u:')],
  [entry('digest', ':h')],
  [entry('digest', 'u:h')],
  [entry('digest', 'u:h:')],
  [entry('digest', 'u:h:i')],
  [entry('ip', '127.0.0.1')],
  [entry('ip', '127.0.0.0/8')],
  [entry('ip', '127.0.0.1/0')],
  [entry('ip', '127.0.0.1/33')],
  [entry('ip', '127.0.0.1/x')],
  [entry('ip', '127.0.0')],
  [entry('ip', '127.0.0.256')],
  [entry('ip', '')],
  [entry('ip', '10.0.0.0/8')],
  [entry('ip', '::1')],
  [entry('ip', 'fe80::/10')],
  [entry('super', '')],
  [entry('nonsense', 'x')],
  [entry('', '')],
  [owners(255)],
  [owners(-1)],
  [owners(32)],
];

/** Lists of nodes that exist, for all operations by everybody. */
const GUARDS: Readonly<Record<string, AclList>> = {
  read: [owners(Permission.read)],
  write: [owners(Permission.write)],
  create: [owners(Permission.create)],
  delete: [owners(Permission.delete)],
  admin: [owners(Permission.admin)],
  all: [owners()],
  open: OPEN_ACL,
  mixed: [owners(), entry('digest', digestOf(READER), 1), entry('ip', '10.0.0.0/8')],
  near: [entry('ip', '127.0.0.0/8', 3)],
};

type Ask = (client: TestClient, path: string) => unknown;
const OPERATIONS: Readonly<Record<string, Ask>> = {
  exists: (client, path) => client.exists(path),
  getData: (client, path) => client.get(path),
  getChildren: (client, path) => writePathWatchRequest(client.out, 1, OpCode.getChildren, path, false),
  getChildren2: (client, path) => writePathWatchRequest(client.out, 1, OpCode.getChildren2, path, false),
  getACL: (client, path) => client.getAcl(path),
  sync: (client, path) => client.sync(path),
  setData: (client, path) => client.set(path, 'new'),
  'create below': (client, path) => client.create(`${path}/new`),
  'delete below': (client, path) => client.remove(`${path}/old`),
  'setACL and back': (client, path) => client.setAcl(path, OPEN_ACL),
};

const AUTHS: readonly (readonly [scheme: string, proof: string | undefined])[] = [
  ['digest', 'a:b'],
  ['digest', 'nocolon'],
  ['digest', ''],
  ['digest', ':'],
  ['digest', ':p'],
  ['digest', 'u:'],
  ['digest', 'u:p:q'],
  ['digest', 'bär:größe'],
  ['digest', '\u{FEFF}u:p'],
  ['digest', undefined],
  ['digest', SUPER_PROOF],
  ['Digest', 'a:b'],
  ['ip', ''],
  ['ip', '10.0.0.1'],
  ['world', 'anyone'],
  ['super', ''],
  ['auth', ''],
  ['sasl', 'x'],
  ['nonsense', ''],
  ['', ''],
];

/** All answers, a line each. `root` is a node that does not exist yet. */
export async function aclAnswers(port: number, root: string): Promise<string> {
  const lines: string[] = [];
  const open = async (...proofs: string[]) => {
    const client = await TestClient.connect(port);
    await client.begin();
    for (const proof of proofs) await client.ask(() => client.auth('digest', proof));
    return client;
  };
  const admin = await open(SUPER_PROOF);
  const owner = await open(OWNER);
  const people = { nobody: await open(), owner, reader: await open(READER), admin };
  const { err } = await admin.ask(() => admin.create(root));
  if (err !== 0) throw new Error(`${root} cannot be created (${err}): it must be new`);
  await lists(lines, root, people);
  await guards(lines, root, people);
  await auths(lines, root, open);
  for (const client of Object.values(people)) client.close();
  return `${lines.join('\n')}\n`;
}

type People = Readonly<Record<string, TestClient>>;

async function lists(lines: string[], root: string, people: People): Promise<void> {
  for (const list of LISTS) {
    for (const name of ['nobody', 'owner']) {
      const client = people[name]!;
      const path = `${root}/list`;
      const made = await client.ask(() => client.create(path, '', CreateMode.persistent, list));
      const acl = made.err === 0 ? await shownAcl(people.admin!, path) : '';
      lines.push(`create by ${name} with ${text(list)}: ${made.err} ${acl}`.trimEnd());
      if (made.err === 0) await people.admin!.ask((admin) => admin.remove(path));
    }
    const path = `${root}/set`;
    const owner = people.owner!;
    await owner.ask(() => owner.create(path));
    const set = await owner.ask(() => owner.setAcl(path, list));
    lines.push(`setACL with ${text(list)}: ${set.err} ${await shownAcl(people.admin!, path)}`);
    await people.admin!.ask((admin) => admin.remove(path));
  }
}

async function guards(lines: string[], root: string, people: People): Promise<void> {
  const admin = people.admin!;
  for (const [guard, list] of Object.entries(GUARDS)) {
    const path = `${root}/${guard}`;
    await admin.ask(() => admin.create(path));
    await admin.ask(() => admin.setAcl(path, list));
    for (const [name, client] of Object.entries(people)) {
      for (const [operation, ask] of Object.entries(OPERATIONS)) {
        await admin.ask(() => admin.create(`${path}/old`));
        const reply = await client.ask(() => ask(client, path));
        const acl = operation === 'getACL' && reply.err === 0 ? aclIn(reply) : '';
        lines.push(`${operation} of ${guard} by ${name}: ${reply.err} ${acl}`.trimEnd());
        await admin.ask(() => admin.remove(`${path}/new`));
        await admin.ask(() => admin.setAcl(path, list));
      }
    }
    await versions(lines, path, people);
  }
}

/** What is checked first: the permission or the version. */
async function versions(lines: string[], path: string, people: People): Promise<void> {
  for (const name of ['nobody', 'admin']) {
    const client = people[name]!;
    const set = await client.ask(() => client.setAcl(path, OPEN_ACL, 99));
    lines.push(`setACL of ${path.split('/').at(-1)} with another version by ${name}: ${set.err}`);
  }
}

async function auths(
  lines: string[],
  root: string,
  open: (...proofs: string[]) => Promise<TestClient>,
): Promise<void> {
  const path = `${root}/auth`;
  for (const [scheme, proof] of AUTHS) {
    const client = await open();
    const { xid, zxid, err } = await client.ask(() => client.auth(scheme, proof));
    lines.push(`auth ${scheme} ${proof ?? 'null'}: xid ${xid} zxid ${zxid} err ${err}`);
    if (err !== 0) {
      await client.raw.closed();
      continue;
    }
    const creators = [entry('auth', '')];
    const made = await client.ask(() => client.create(path, '', CreateMode.persistent, creators));
    const acl = made.err === 0 ? await shownAcl(client, path) : '';
    lines.push(`  then a node of its own: ${made.err} ${acl}`.trimEnd());
    await client.ask(() => client.remove(path));
    client.close();
  }
}

async function shownAcl(client: TestClient, path: string): Promise<string> {
  return aclIn(await client.ask(() => client.getAcl(path)));
}

function aclIn({ record }: Reply): string {
  const { acl, stat } = readGetAclReply(record);
  return `${text(acl)} aversion ${stat.aversion}`;
}

function text(list: AclList): string {
  const entries = list.map(({ perms, scheme, id }) => {
    const name = NAMES.find(([digest]) => digest === id)?.[1];
    return `${scheme}:${name ?? id}:${perms}`;
  });
  return `[${entries.join(', ')}]`;
}
