/**
 * What clients do of which an audit log tells: against an Apache ZooKeeper 3.9.5 it wrote `zookeeper-audit.txt` (record-audit.ts), and this
 * server has to say the same of it.
 */
import { type AclList, CreateMode, OPEN_ACL, OpCode, writeCreateRecord } from '@rookery/protocol';
import { digestOf } from '../connections/acl-scenario.ts';
import { TestClient } from '../connections/test-client.ts';

const PASSWORD = 'secret-of-bob';
const BOB = `bob:${PASSWORD}`;
export const SUPER_PROOF = 'super:the root of all';

/** What must stand in no audit log. */
export const SECRETS = [
  PASSWORD,
  'the root of all',
  ...[BOB, SUPER_PROOF].map((proof) => digestOf(proof).split(':')[1]!),
];

const BOBS: AclList = [
  { perms: 31, scheme: 'digest', id: digestOf(BOB) },
  { perms: 1, scheme: 'world', id: 'anyone' },
];

/** One request after the other, each answered before the next is sent. */
export async function playAudited(port: number): Promise<void> {
  const begin = async (timeoutMs = 20_000): Promise<TestClient> => {
    const client = await TestClient.connect(port);
    await client.begin({ timeoutMs });
    return client;
  };
  const ann = await begin();
  await creates(ann);
  await changes(ann);
  await asBob(ann);
  await multis(ann);
  const stranger = await begin();
  await refused(stranger);
  await stranger.ask(() => stranger.leave());
  const brief = await begin();
  await brief.ask(() => brief.create('/of-brief', '', CreateMode.ephemeral));
  await brief.ask(() => brief.leave());
  // Falls silent: its session expires, and what it made goes.
  const silent = await begin(1_000);
  await silent.ask(() => silent.create('/of-silent', '', CreateMode.ephemeral));
  const watcher = await begin();
  await watcher.ask(() => watcher.exists('/of-silent', true));
  silent.close();
  await watcher.reply();
  await emptied(watcher);
  await asSuper(watcher);
  await ann.ask(() => ann.leave());
  await watcher.ask(() => watcher.leave());
  for (const client of [ann, stranger, brief, watcher]) client.close();
}

/** Sessions by the order in which the lines name them: their ids are each server's own. */
export function withNamedSessions(lines: readonly string[]): string[] {
  const names = new Map<string, string>();
  return lines.map((line) =>
    line.replace(/session=(0x[0-9a-f]+)/, (_all, id: string) => {
      if (!names.has(id)) names.set(id, `<${names.size + 1}>`);
      return `session=${names.get(id)}`;
    }),
  );
}

async function creates(client: TestClient): Promise<void> {
  const { persistent, persistentSequential, ephemeral, ephemeralSequential } = CreateMode;
  await client.ask(() => client.create('/a', 'x', persistent));
  await client.ask(() => client.create('/a', 'x', persistent));
  await client.ask(() => client.create('/s-', 'x', persistentSequential));
  await client.ask(() => client.create('/e', 'x', ephemeral));
  await client.ask(() => client.remove('/e'));
  await client.ask(() => client.create('/es-', 'x', ephemeralSequential));
  await client.ask(() => client.remove('/es-0000000002'));
  await client.ask(() => client.create('/none/b'));
  await client.ask(() => client.create('no/slash'));
  const made = (op: 15 | 19 | 21, path: string, flags: number) => () =>
    client.request(op, (out) =>
      writeCreateRecord(out, op, { path, data: undefined, acl: OPEN_ACL, flags, ttlMs: 60_000 }),
    );
  await client.ask(made(OpCode.create2, '/c2', persistent));
  await client.ask(made(OpCode.createContainer, '/container', CreateMode.container));
  await client.ask(made(OpCode.createTtl, '/ttl', CreateMode.persistentWithTtl));
  await client.ask(made(OpCode.createTtl, '/ttl-', CreateMode.persistentSequentialWithTtl));
}

async function changes(client: TestClient): Promise<void> {
  await client.ask(() => client.set('/a', 'y'));
  await client.ask(() => client.set('/none', 'y'));
  await client.data('/a');
  await client.ask(() => client.exists('/none'));
  await client.ask(() => client.remove('/none'));
  await client.ask(() => client.sync('/'));
}

async function asBob(client: TestClient): Promise<void> {
  await client.ask(() => client.auth('digest', BOB));
  await client.ask(() => client.create('/bobs', ''));
  await client.ask(() => client.setAcl('/bobs', BOBS));
  await client.ask(() => client.setAcl('/bobs', BOBS, 9));
  await client.ask(() => client.setAcl('/c2', OPEN_ACL));
  await client.ask(() => client.setAcl('/c2', [{ perms: 3, scheme: 'auth', id: '' }]));
}

async function multis(client: TestClient): Promise<void> {
  const { create, setData, check } = OpCode;
  const fields = { data: undefined, acl: OPEN_ACL, flags: CreateMode.persistent };
  await client.ask(() =>
    client.multi(
      { op: create, path: '/m', ...fields },
      { op: setData, path: '/m', data: undefined, version: -1 },
      { op: check, path: '/m', version: -1 },
      { op: create, path: '/m/e', ...fields, flags: CreateMode.ephemeral },
      { op: create, path: '/m/s-', ...fields, flags: CreateMode.persistentSequential },
      { op: OpCode.createContainer, path: '/m/c', ...fields, flags: CreateMode.container },
      { op: OpCode.delete, path: '/m/e', version: -1 },
    ),
  );
  await client.ask(() =>
    client.multi({ op: create, path: '/m2', ...fields }, { op: OpCode.delete, path: '/none', version: -1 }),
  );
  await client.ask(() => client.multi({ op: check, path: '/none', version: -1 }));
  await client.ask(() => client.multi({ op: check, path: '/m', version: -1 }));
  await client.ask(() => client.multi());
}

/** A container whose last child goes: the server removes it. */
async function emptied(client: TestClient): Promise<void> {
  await client.ask(() => client.create('/container/child'));
  await client.ask(() => client.exists('/container', true));
  await client.ask(() => client.remove('/container/child'));
  await client.reply();
}

async function refused(client: TestClient): Promise<void> {
  await client.ask(() => client.set('/bobs', 'stolen'));
  await client.ask(() => client.setAcl('/bobs', OPEN_ACL));
  await client.ask(() => client.remove('/'));
  // A reconfig that asks for nothing.
  await client.ask(() =>
    client.request(OpCode.reconfig, (out) => {
      for (let i = 0; i < 3; i++) out.writeString(undefined);
      out.writeLong(-1);
    }),
  );
}

async function asSuper(client: TestClient): Promise<void> {
  for (const proof of [SUPER_PROOF, 'al,ice:1', ':nobody', 'nocolon'])
    await client.ask(() => client.auth('digest', proof));
  await client.ask(() => client.set('/bobs', 'super'));
}
