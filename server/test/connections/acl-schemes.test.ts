import {
  type AclList,
  CreateMode,
  ErrorCode,
  OpCode,
  Reader,
  readMultiResults,
  readWrite,
  Writer,
  writeMultiRequest,
} from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_AUTH } from '../../sim/plain-auth.ts';
import type { Config } from '../../src/config/config.ts';
import { strikeForeignSchemes } from '../../src/connections/acl-schemes.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import { SASL_AUTH } from './sasl-talk.ts';
import type { TestClient } from './test-client.ts';

const { ok, badArguments, invalidAcl, noNode } = ErrorCode;
const { persistent, container } = CreateMode;
const BOBS: AclList = [{ perms: 31, scheme: 'sasl', id: 'bob' }];
const CERTIFIED: AclList = [{ perms: 31, scheme: 'x509', id: 'CN=bob' }];
const OPEN: AclList = [{ perms: 31, scheme: 'world', id: 'anyone' }];

test('entries of other schemes are struck in place, wherever they stand, and nothing else changes', () => {
  const mixed: AclList = [
    { perms: 1, scheme: 'ip', id: '10.0.0.1' },
    { perms: 2, scheme: 'sasl', id: 'sasl' },
    { perms: 4, scheme: 'auth', id: '' },
    { perms: 8, scheme: 'x509', id: 'CN=x509' },
  ];
  const writer = new Writer();
  writeMultiRequest(writer, 1, [
    { op: OpCode.create, path: '/sasl', data: Buffer.from('sasl'), acl: OPEN, flags: persistent },
    { op: OpCode.delete, path: '/x509', version: -1 },
    { op: OpCode.create2, path: '/b', data: undefined, acl: mixed, flags: persistent },
    { op: OpCode.createContainer, path: '/c', data: undefined, acl: BOBS, flags: container },
  ]);
  const bytes = writer.copy();
  const before = Buffer.from(bytes);
  const read = () => readWrite(OpCode.multi, new Reader().reset(bytes, 12, bytes.length))!;
  strikeForeignSchemes(read(), new Set(['ip', 'digest', 'sasl', 'x509']));
  expect(Buffer.from(bytes)).toEqual(before);
  strikeForeignSchemes(read(), new Set(['ip', 'digest', 'sasl']));
  const write = read();
  if (write.op !== OpCode.multi) throw new Error('this is no multi');
  const schemes = write.writes.map((each) => ('acl' in each ? each.acl?.map(({ scheme }) => scheme) : []));
  expect(schemes).toEqual([['world'], [], ['ip', 'sasl', 'auth', '\u0000509'], ['sasl']]);
  expect(bytes.filter((byte, at) => byte !== before[at])).toEqual(new Uint8Array([0]));
});

describe('members that have other schemes set up', () => {
  let ensemble: TestEnsemble;
  let withSasl: TestMember;
  let without: TestMember;

  beforeAll(async () => {
    ensemble = await TestEnsemble.start(3);
    [withSasl, without] = ensemble.followers as [TestMember, TestMember];
    await restart(withSasl, { auth: SASL_AUTH });
  });

  afterAll(async () => {
    await ensemble.stop();
  });

  /** With another configuration, on the same disk. */
  async function restart(member: TestMember, changes: Partial<Config>): Promise<void> {
    await member.stop();
    Object.assign(member, { config: { ...member.config, ...changes } });
    await member.start();
    await until(() => member.member.clients.serving);
  }

  const errOf = async (client: TestClient, write: (client: TestClient) => unknown) =>
    (await client.ask(write)).err;

  /** Each of them has applied the same, and is equal. */
  async function areEqual(): Promise<void> {
    const machines = ensemble.members.map(({ member }) => member.running!.machine);
    await until(() => new Set(machines.map(({ appliedIndex }) => appliedIndex)).size === 1);
    expect(new Set(machines.map((machine) => machine.digest())).size).toBe(1);
  }

  test('take and refuse by what the member has that is asked, and stay equal', async () => {
    const here = await ensemble.session(withSasl);
    const there = await ensemble.session(without);
    expect(await errOf(here, () => here.create('/here', '', persistent, BOBS))).toBe(ok);
    expect(await errOf(there, () => there.create('/there', '', persistent, BOBS))).toBe(invalidAcl);
    expect(await errOf(here, () => here.create('/nowhere', '', persistent, CERTIFIED))).toBe(invalidAcl);
    const malformed: AclList = [{ perms: 31, scheme: 'sasl', id: 'a@b@c' }];
    expect(await errOf(here, () => here.create('/malformed', '', persistent, malformed))).toBe(invalidAcl);
    await here.ask(() => here.create('/open'));
    await there.ask(() => there.sync());
    expect(await errOf(there, () => there.setAcl('/open', BOBS))).toBe(invalidAcl);
    expect(await errOf(here, () => here.setAcl('/open', BOBS))).toBe(ok);
    await areEqual();
  });

  test('refuse in the place that the check has among the others', async () => {
    const client = await ensemble.session(without);
    expect(await errOf(client, () => client.create('no slash', '', persistent, BOBS))).toBe(badArguments);
    expect(await errOf(client, () => client.create('/none/child', '', persistent, BOBS))).toBe(invalidAcl);
    expect(await errOf(client, () => client.create('/none/child', '', persistent, OPEN))).toBe(noNode);
    const node = (path: string, acl: AclList) => ({
      op: OpCode.create,
      path,
      data: undefined,
      acl,
      flags: persistent,
    });
    const resultsOf = async (...nodes: ReturnType<typeof node>[]) =>
      readMultiResults((await client.ask(() => client.multi(...nodes))).record).map(({ err }) => err);
    expect(await resultsOf(node('/m1', OPEN), node('/m2', BOBS), node('/m3', OPEN))).toEqual([
      ok,
      invalidAcl,
      ErrorCode.runtimeInconsistency,
    ]);
    expect(await resultsOf(node('/none/m', OPEN), node('/m2', BOBS))).toEqual([
      noNode,
      ErrorCode.runtimeInconsistency,
    ]);
    await areEqual();
  });

  test('read their log again with another configuration, and come to the same', async () => {
    const client = await ensemble.session(withSasl);
    expect(await errOf(client, () => client.create('/kept', 'x', persistent, BOBS))).toBe(ok);
    await restart(withSasl, { auth: PLAIN_AUTH });
    await restart(without, { auth: SASL_AUTH });
    await areEqual();
    const now = await ensemble.session(without);
    expect(await errOf(now, () => now.exists('/kept'))).toBe(ErrorCode.noAuth);
    expect(await errOf(now, () => now.exists('/there'))).toBe(noNode);
    const then = await ensemble.session(withSasl);
    expect(await errOf(then, () => then.create('/later', '', persistent, BOBS))).toBe(invalidAcl);
  });
});
