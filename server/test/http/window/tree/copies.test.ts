import { connect as connectTo } from 'node:net';
import type { AclList, Client } from '@rookery/client';
import { walk } from '@rookery/client/subtree';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bounds } from '../../../../src/bounds/bounds.ts';
import type { Answered, ServedTree } from '../../v1/served-tree.ts';
import { clientOf, identity, linesOf, OWN_ACL, serveWindow } from './served-window.ts';

let window: ServedTree;
let zk: Client;

async function serve(bounds?: Partial<Bounds>): Promise<void> {
  window = await serveWindow(bounds === undefined ? {} : { bounds });
  zk = await clientOf(window);
}

afterEach(async () => {
  await zk.close();
  await window.stop();
});

function bring(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answered> {
  const type = { 'content-type': 'application/x-ndjson', ...headers };
  return window.ask(`/import${path}`, { method: 'POST', body, headers: type });
}

/** All that a copy keeps. */
async function contentsOf(root: string): Promise<Record<string, { value: string; acl: AclList }>> {
  const contents: Record<string, { value: string; acl: AclList }> = {};
  for await (const { path } of walk(zk, root)) {
    const [{ data }, { acl }] = await Promise.all([zk.get(path), zk.getAcl(path)]);
    contents[path.slice(root.length)] = { value: data.toString('base64'), acl };
  }
  return contents;
}

const HEAD = '{"format":"rookery-export/1","root":"/x","at":"2026-11-30T00:00:00.000Z"}\n';
const node = (path: string, text = ''): string =>
  `${JSON.stringify({ path, text, acl: ['world:anyone:cdrwa'] })}\n`;
const end = (nodes: number): string => `${JSON.stringify({ end: true, nodes, ephemeralsLeftOut: 0 })}\n`;

describe('an export', () => {
  beforeEach(() => serve());

  test('that is imported is the same tree again, but for what goes with a session', async () => {
    await zk.create('/from', Buffer.from([0xff, 0x00]));
    await zk.create('/from/größe', 'text\n"quoted"', { acl: [{ scheme: 'world', id: 'anyone', perms: 1 }] });
    await zk.create('/from/large', 'x'.repeat(900_000));
    await zk.create('/from/many');
    for (let batch = 0; batch < 3; batch++) {
      const steps = Array.from({ length: 400 }, (_, at) => ({
        do: 'create' as const,
        path: `/from/many/${batch * 400 + at}`,
        data: `${at}`,
      }));
      await zk.transaction(steps);
    }
    await zk.create('/from/mine', '', { kind: 'ephemeral' });
    const exported = await window.ask('/export/from');
    expect(exported.headers.get('content-disposition')).toBe('attachment; filename="from.ndjson"');
    const lines = linesOf(exported);
    expect(lines[0]).toMatchObject({ format: 'rookery-export/1', root: '/from' });
    expect(lines.at(-1)).toEqual({ end: true, nodes: 1_204, ephemeralsLeftOut: 1 });
    const imported = linesOf(await bring('/to/here?parents', exported.text));
    // Of the node whose ephemeral child was left out.
    expect(imported.at(-1)).toEqual({ end: true, done: 1_204, lowerCounters: 1 });
    const from = await contentsOf('/from');
    delete from['/mine'];
    expect(await contentsOf('/to/here')).toEqual(from);
  });

  test('of the root leaves out what is the servers own', async () => {
    await zk.create('/a');
    const lines = linesOf(await window.ask('/export/'));
    expect(lines.map(({ path }) => path)).toEqual([undefined, '', '/a', undefined]);
  });

  test('in which there is something that the caller may not read is not whole, and is not imported', async () => {
    const ann = await clientOf(window, 'ann:a');
    await zk.create('/from');
    await ann.create('/from/anns', 'secret', { acl: OWN_ACL });
    const exported = await window.ask('/export/from');
    expect(linesOf(exported).at(-1)).toMatchObject({ error: { code: 'NO_AUTH', path: '/from/anns' } });
    expect(linesOf(await bring('/to', exported.text)).at(-1)).toMatchObject({
      error: { code: 'BAD_ARGUMENTS' },
    });
    const whole = await window.ask('/export/from', { headers: identity('ann', 'a') });
    expect(linesOf(whole).at(-1)).toMatchObject({ end: true, nodes: 2 });
    await ann.close();
  });
});

describe('an import', () => {
  test('over what is there is refused unless it is asked for; then each gets value and access list', async () => {
    await serve();
    await zk.create('/to', 'old');
    await zk.create('/to/kept', 'kept');
    const text = HEAD + node('', 'new') + node('/a', 'a') + end(2);
    const refused = await bring('/to', text);
    expect([refused.status, refused.json.code]).toEqual([409, 'NODE_EXISTS']);
    expect((await zk.children('/to')).names).toEqual(['kept']);
    expect(linesOf(await bring('/to?over', text)).at(-1)).toEqual({ end: true, done: 2 });
    expect((await zk.get('/to')).data.toString()).toBe('new');
    expect((await zk.children('/to')).names.sort()).toEqual(['a', 'kept']);
  });

  test('says where sequential children begin lower than before', async () => {
    await serve();
    const counting = JSON.stringify({ path: '', text: '', acl: ['world:anyone:cdrwa'], nextSequence: 7 });
    expect(linesOf(await bring('/to', `${HEAD}${counting}\n${end(1)}`)).at(-1)).toEqual({
      end: true,
      done: 1,
      lowerCounters: 1,
    });
  });

  test('of what does not begin as an export is refused before anything is done', async () => {
    await serve();
    for (const text of ['', 'x\n', '{"format":"other/1"}\n', node('')]) {
      const refused = await bring('/to', text);
      expect([refused.status, refused.json.code], text).toEqual([400, 'BAD_ARGUMENTS']);
    }
    expect(await zk.exists('/to')).toBeUndefined();
  });

  test('that is wrong later says so in its last line', async () => {
    await serve();
    const wrong = {
      'a line that is no JSON': `${HEAD + node('')}{\n`,
      'a path that leads elsewhere': HEAD + node('') + node('/../../zookeeper'),
      'a value in two ways': `${HEAD}{"path":"","text":"a","base64":"YQ==","acl":[]}\n`,
      'an access list that is none': `${HEAD}{"path":"","text":"a","acl":["what"]}\n`,
      'no end': HEAD + node(''),
      'fewer nodes than its end says': HEAD + node('') + end(2),
      'something behind its end': HEAD + node('') + end(1) + node('/a'),
    };
    for (const [at, [what, text]] of Object.entries(wrong).entries()) {
      const answer = await bring(`/to${at}`, text);
      expect([answer.status, linesOf(answer).at(-1)], what).toMatchObject([
        200,
        { error: { code: 'BAD_ARGUMENTS', path: `/to${at}` } },
      ]);
    }
    expect((await zk.children('/zookeeper')).names.sort()).toEqual(['config', 'quota']);
  });

  test('of a node without its parent says which', async () => {
    await serve();
    expect(linesOf(await bring('/no/parent', HEAD + node('') + end(1))).at(-1)).toMatchObject({
      error: { code: 'NO_NODE' },
    });
  });

  test('of another type, or of none, is refused', async () => {
    await serve();
    for (const type of ['application/json', 'text/plain', 'application/octet-stream'])
      expect((await bring('/to', HEAD, { 'content-type': type })).status, type).toBe(415);
    expect((await window.ask('/import/to', { method: 'POST' })).status).toBe(415);
  });

  test('longer than is taken, or with a value that is, ends there', async () => {
    await serve({ httpImportBytes: 3_000_000, requestBytes: 1_000_000 });
    const long = HEAD + node('') + node('/a', 'x'.repeat(999_990)) + end(2);
    expect(linesOf(await bring('/value', long)).at(-1)).toMatchObject({
      error: { code: 'TOO_LARGE', path: '/value/a' },
    });
    const many =
      HEAD + node('') + Array.from({ length: 40 }, (_, at) => node(`/${at}`, 'x'.repeat(100_000))).join('');
    expect(linesOf(await bring('/bytes', many)).at(-1)).toMatchObject({ error: { code: 'TOO_LARGE' } });
  });

  test('whose caller goes away ends there, and another one is taken', async () => {
    await serve({ httpWalks: 1, httpWalksPerAddress: 1 });
    const { port } = new URL(window.url());
    const socket = connectTo(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const head = `POST /window/import/half HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: 99999\r\n\r\n`;
    socket.write(head + HEAD + node(''));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    let answer = await bring('/whole', HEAD + node('') + end(1));
    while (answer.status === 429) answer = await bring('/whole', HEAD + node('') + end(1));
    expect(linesOf(answer).at(-1)).toEqual({ end: true, done: 1 });
    expect((await zk.exists('/half'))?.numChildren ?? 0).toBe(0);
  });
});
