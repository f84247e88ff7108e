import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AclList, OpCode } from '@rookery/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { memberPlaces } from '../../../testkit/src/secrets/member-places.ts';
import { processPlaces } from '../../../testkit/src/secrets/process-places.ts';
import {
  describeFinding,
  type Finding,
  type Place,
  type Secret,
  SecretSearch,
} from '../../../testkit/src/secrets/secret-search.ts';
import { FolderDisk } from '../../src/platform/disk.ts';
import { readIdentityFile } from '../../src/storage/member/identity-file.ts';
import { digestOf } from '../connections/acl-scenario.ts';
import type { TestClient } from '../connections/test-client.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';
import { allServe, sessionAt, threeProcesses } from './three-processes.ts';

const TOKEN = 'the-token-of-the-admin-page';
const MISTYPED_TOKEN = 'the-tokne-of-the-admin-page';
/** As short as they may be: the audit log cuts what is longer, and a part is not found. */
const BEARER = 'the-bearer-token-of-night-jobs-1';
const MISTYPED_BEARER = 'the-bearer-tokne-of-night-jobs-1';
const SUPER = 'super:may-do-everything';
const BOB = 'bob:password-of-bob';
const hashOf = (proof: string): string => digestOf(proof).split(':')[1]!;
const passwordOf = (proof: string): string => proof.split(':')[1]!;

let folder: string;
let members: MemberProcess[];
let clients: TestClient[];
/** All that this run has told anybody in confidence. */
let secrets: Secret[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-secrets-'));
  members = [];
  clients = [];
  secrets = [
    { name: 'the token', value: TOKEN },
    { name: 'the mistyped token', value: MISTYPED_TOKEN },
    { name: 'the bearer token', value: BEARER },
    { name: 'the mistyped bearer token', value: MISTYPED_BEARER },
  ];
  for (const [name, proof] of Object.entries({ super: SUPER, bob: BOB })) {
    secrets.push({ name: `the password of ${name}`, value: passwordOf(proof) });
    secrets.push({ name: `the hash of the password of ${name}`, value: hashOf(proof) });
  }
});

afterEach(() => {
  for (const client of clients) client.close();
  for (const member of members) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function session(member: MemberProcess): Promise<TestClient> {
  const client = await sessionAt(member);
  clients.push(client);
  const { id, password } = client.session;
  secrets.push({ name: `the password of session ${id}`, value: password });
  return client;
}

const auditFile = (member: MemberProcess): string => join(folder, `audit-${member.serverId}.json`);

/** Where a member shows something, while it runs. */
async function placesOf(member: MemberProcess): Promise<Place[]> {
  const name = `member ${member.serverId}`;
  return [
    ...processPlaces(member.pid, name),
    ...(await memberPlaces({
      name,
      endpoint: { host: '127.0.0.1', port: member.clientPort },
      url: await member.url(),
      token: TOKEN,
    })),
    { name: `the log of ${name}`, content: member.output },
    { name: `what ${name} says on stderr`, content: member.stderr },
    { name: `the audit log of ${name}`, content: readFileSync(auditFile(member)) },
  ];
}

/** By password and by access list, right and wrong. */
async function useSecrets(member: MemberProcess): Promise<void> {
  const client = await session(member);
  for (const proof of [BOB, SUPER]) await client.ask(() => client.auth('digest', proof));
  const bobs: AclList = [{ perms: 31, scheme: 'digest', id: digestOf(BOB) }];
  await client.ask(() => client.create('/canary', passwordOf(BOB), 0, bobs));
  await client.ask(() => client.setAcl('/canary', bobs));
  // Passwords where ids belong, and where schemes do.
  const mistaken: AclList = [{ perms: 31, scheme: 'digest', id: BOB }];
  await client.ask(() => client.setAcl('/canary', mistaken));
  await client.ask(() => client.getAcl('/canary'));
  const stranger = await session(member);
  await stranger.ask(() => stranger.auth('nonsense', BOB));
  const early = await session(member);
  await early.ask(() => early.request(OpCode.sasl, (out) => out.writeBuffer(new TextEncoder().encode(BOB))));
  const url = await member.url();
  for (const authorization of [`Bearer ${MISTYPED_TOKEN}`, `Basic ${btoa(BOB)}`])
    expect((await fetch(`${url}admin/members`, { headers: { authorization } })).status).toBe(401);
}

/** Of the file that `startThree` writes: right, wrong, and where its scheme was forgotten. */
async function useBearer(member: MemberProcess): Promise<void> {
  const nodes = `${await member.url()}v1/nodes/`;
  const statusOf = async (authorization: string): Promise<number> =>
    (await fetch(nodes, { headers: { authorization } })).status;
  const shown = [`Bearer ${BEARER}`, `Bearer ${MISTYPED_BEARER}`, BEARER, `Basic ${BEARER}`];
  expect(await Promise.all(shown.map(statusOf))).toEqual([200, 401, 401, 401]);
}

async function found(member: MemberProcess): Promise<Finding[]> {
  return new SecretSearch(secrets).in(await placesOf(member));
}

function writeIdentities(): string {
  const path = join(folder, 'identities');
  writeFileSync(path, `# of the night\n${BEARER} digest:${digestOf(BOB)}\n`);
  return path;
}

async function startThree(): Promise<void> {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  const identitiesFile = writeIdentities();
  members = await threeProcesses(folder);
  for (const member of members) {
    member.environment = {
      ROOKERY_LOG_LEVEL: 'trace',
      ROOKERY_AUDIT_ENABLE: 'true',
      ROOKERY_AUDIT_FILE: auditFile(member),
      ROOKERY_SUPER_DIGEST: digestOf(SUPER),
      ROOKERY_FOUR_LETTER_WORDS: '*',
      ROOKERY_HTTP_V1: 'true',
      ROOKERY_HTTP_IDENTITIES_FILE: identitiesFile,
      // One by a file, the others by a variable.
      ...(member.serverId === 1 ? { ROOKERY_HTTP_TOKEN_FILE: tokenFile } : { ROOKERY_HTTP_TOKEN: TOKEN }),
    };
    member.start();
  }
  await allServe(members);
}

test('no secret of a run stands in anything that members show: logs, words, metrics, /admin, arguments, what they start, audit', async () => {
  await startThree();
  for (const member of members) await useSecrets(member);
  for (const member of members) await useBearer(member);
  for (const { data } of members) {
    const { identity } = (await readIdentityFile(new FolderDisk(data, () => {})))!;
    secrets.push({ name: 'the secret of the cluster', value: identity.secret });
  }
  const [first] = members as [MemberProcess];
  expect(await first.drain()).toBe(0);
  for (const member of members) expect((await found(member)).map(describeFinding)).toEqual([]);
  // What was looked at was whole: what has to stand there is found in each of them.
  const { clusterId } = await idsOf(first);
  const shown = new SecretSearch([
    { name: 'the path of a node', value: '/canary' },
    { name: 'the id of the cluster', value: clusterId },
    { name: 'the data folder', value: first.data },
    { name: 'a metric', value: 'rookery_failed_proofs_auth_total' },
    { name: 'the configuration', value: 'zoo.cfg' },
  ]).in(await placesOf(first));
  const places = shown.map(({ secret, place }) => `${secret}: ${place}`);
  for (const expected of [
    'the path of a node: the audit log of member 1',
    'the id of the cluster: the answer of member 1 to GET /admin/members (200)',
    'the data folder: the answer of member 1 to conf',
    'the data folder: the log of member 1',
    'a metric: the answer of member 1 to GET /metrics (200)',
    'the configuration: the arguments of member 1',
  ])
    expect(places).toContain(expected);
});

async function idsOf(member: MemberProcess): Promise<{ readonly clusterId: string }> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const response = await fetch(`${await member.url()}admin/members`, { headers });
  return ((await response.json()) as { readonly self: { readonly clusterId: string } }).self;
}

test.each([
  ['ROOKERY_SUPER_DIGEST', BOB, passwordOf(BOB)],
  ['ROOKERY_HTTP_TOKEN', 'too short', 'too short'],
  ['ROOKERY_HTTP_TOKEN', `${TOKEN} with blanks`, TOKEN],
])('a secret that is not allowed is refused at start and not shown: %s', async (variable, value, secret) => {
  const member = new MemberProcess(join(folder, 'one'), 1, await freePort(), []);
  members.push(member);
  mkdirSync(join(folder, 'one'));
  member.environment = { [variable]: value };
  member.start();
  expect(await member.exited()).toEqual([2, null]);
  expect(member.stderr).toContain(variable);
  const places = [
    { name: 'the log', content: member.output },
    { name: 'stderr', content: member.stderr },
  ];
  expect(new SecretSearch([{ name: 'it', value: secret }]).in(places)).toEqual([]);
});

describe('a leak that is planted in a member', () => {
  test.each([
    {
      name: 'the log shows what callers of /admin send',
      file: 'server/src/http/guard.ts',
      find: 'log.warn({ address: plainAddress(request.ip), refusals }',
      replace: 'log.warn({ address: plainAddress(request.ip), refusals, header }',
      finding: 'the mistyped token stands in the log of member 1',
    },
    {
      name: 'the audit log shows whole identities',
      file: 'server/src/audit/audit-names.ts',
      find: "id.replace(/:.*$/s, '')",
      replace: 'id',
      finding: 'the hash of the password of bob stands in the audit log of member 1',
    },
    {
      name: 'the audit log shows proofs whose scheme was forgotten',
      file: 'server/src/http/v1/caller.ts',
      find: 'const scheme = schemeOf(proof);',
      replace: 'const scheme = proof;',
      finding: 'the bearer token stands in the audit log of member 1',
    },
    {
      name: 'the log shows the secret of the cluster',
      file: 'server/src/connections/clients.ts',
      find: "this.#parts.log.info({}, 'serving clients');",
      replace: "this.#parts.log.info({ secret: this.passwords.secret }, 'serving clients');",
      finding: 'the secret of the cluster stands in the log of member 1',
    },
  ])('is found: $name', async ({ finding, ...bug }) => {
    await withPlantedBug(['server/src', 'protocol/src', 'raft/src'], bug, async ({ folder: copy }) => {
      cpSync(new URL('../../../dashboard', import.meta.url), join(copy, 'dashboard'), { recursive: true });
      mkdirSync(join(folder, 'one'));
      const member = new MemberProcess(join(folder, 'one'), 1, await freePort(), []);
      members.push(member);
      member.program = [process.execPath, join(copy, 'server', 'src', 'main.ts')];
      member.environment = {
        ROOKERY_AUDIT_ENABLE: 'true',
        ROOKERY_AUDIT_FILE: auditFile(member),
        ROOKERY_HTTP_TOKEN: TOKEN,
        ROOKERY_HTTP_V1: 'true',
        ROOKERY_HTTP_IDENTITIES_FILE: writeIdentities(),
        ROOKERY_FOUR_LETTER_WORDS: '*',
      };
      member.start();
      await member.serving();
      await useSecrets(member);
      await useBearer(member);
      const { identity } = (await readIdentityFile(new FolderDisk(member.data, () => {})))!;
      secrets.push({ name: 'the secret of the cluster', value: identity.secret });
      const lines = (await found(member)).map(describeFinding);
      expect(
        lines.some((line) => line.startsWith(finding)),
        lines.join('; '),
      ).toBe(true);
      await member.kill('SIGKILL');
    });
  });
});
