import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServedTree } from './served-tree.ts';

let tree: ServedTree;

beforeAll(async () => {
  tree = await ServedTree.start();
});

afterAll(() => tree.stop());

describe('a node', () => {
  test('is created, read, set and removed, with its zxids and ETags', async () => {
    const created = await tree.put('/nodes/life?create', 'one');
    expect([created.status, created.headers.get('location')]).toEqual([201, '/v1/nodes/life']);
    const { czxid } = created.json.stat;
    expect(created.headers.get('etag')).toBe(`"${czxid}-0"`);
    expect(created.headers.get('rookery-zxid')).toBe(String(czxid));
    const read = await tree.ask('/nodes/life');
    expect(read.json).toEqual({ path: '/life', value: 'b25l', text: 'one', stat: created.json.stat });
    const set = await tree.put('/nodes/life', 'two');
    expect([set.status, set.json.stat.version, set.headers.get('rookery-zxid')]).toEqual([
      200,
      1,
      String(set.json.stat.mzxid),
    ]);
    expect((await tree.remove('/nodes/life')).status).toBe(204);
    expect((await tree.ask('/nodes/life')).json).toMatchObject({
      code: 'NO_NODE',
      path: '/life',
      retry: 'no',
    });
  });

  test.each(['a b', 'größe', 'a%b', 'a+b', 'a?b', 'x'.repeat(200), 'q=1&r'])(
    'may have the name %j, percent-encoded',
    async (name) => {
      const url = `/nodes/${encodeURIComponent(name)}`;
      const created = await tree.put(`${url}?create`, name);
      expect([created.status, created.json.path]).toEqual([201, `/${name}`]);
      expect(created.headers.get('location')).toBe(`/v1${url}`);
      expect((await tree.ask(url)).json).toMatchObject({ path: `/${name}`, text: name });
    },
  );

  test('is the root by /nodes and by /nodes/', async () => {
    for (const url of ['/nodes', '/nodes/']) expect((await tree.ask(url)).json.path).toBe('/');
  });

  test('that has no text is told in base64, and as it is to whoever asks so', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    await tree.ask('/nodes/bytes?create', { method: 'PUT', body: bytes });
    const { json } = await tree.ask('/nodes/bytes');
    expect(json).toMatchObject({ value: bytes.toString('base64') });
    expect(json).not.toHaveProperty('text');
    const raw = await fetch(`${tree.url()}/nodes/bytes`, { headers: { accept: 'application/octet-stream' } });
    expect(raw.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(bytes);
  });

  test('is not sent again to whoever knows its ETag, until it is another one at the same path', async () => {
    await tree.put('/nodes/known?create', 'same');
    const etag = (await tree.ask('/nodes/known')).headers.get('etag')!;
    for (const known of [etag, `W/${etag}`, `"0-0", ${etag}`, '*'])
      expect((await tree.ask('/nodes/known', { headers: { 'if-none-match': known } })).status).toBe(304);
    await tree.remove('/nodes/known');
    await tree.put('/nodes/known?create', 'same');
    const again = await tree.ask('/nodes/known', { headers: { 'if-none-match': etag } });
    expect([again.status, again.json.text]).toEqual([200, 'same']);
  });

  test('answers HEAD without a body', async () => {
    await tree.put('/nodes/head?create', 'one');
    const response = await fetch(`${tree.url()}/nodes/head`, { method: 'HEAD' });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([
      200,
      expect.stringMatching(/^"\d+-0"$/),
      '',
    ]);
  });
});

describe('a write', () => {
  test('without create sets what is there and nothing else', async () => {
    expect((await tree.put('/nodes/absent', 'x')).json).toMatchObject({ code: 'NO_NODE', path: '/absent' });
    expect((await tree.ask('/nodes/absent')).status).toBe(404);
  });

  test('with create sets what is there', async () => {
    await tree.put('/nodes/both?create', '1');
    const set = await tree.put('/nodes/both?create', '2');
    expect([set.status, set.json.stat.version]).toEqual([200, 1]);
  });

  test('with If-None-Match: * creates only', async () => {
    const only = { 'if-none-match': '*' };
    expect((await tree.put('/nodes/only', '1', only)).status).toBe(201);
    const second = await tree.put('/nodes/only', '2', only);
    expect([second.status, second.json.code]).toEqual([412, 'NODE_EXISTS']);
    expect((await tree.ask('/nodes/only')).json.text).toBe('1');
  });

  test('with If-Match is done once for each state, and never to a node made anew', async () => {
    const etag = (await tree.put('/nodes/cas?create', '0')).headers.get('etag')!;
    const raced = await Promise.all(
      Array.from({ length: 8 }, (_, at) => tree.put('/nodes/cas', `${at}`, { 'if-match': etag })),
    );
    expect(raced.map(({ status }) => status).sort()).toEqual([200, ...new Array(7).fill(412)]);
    expect(raced.find(({ status }) => status === 412)!.json.code).toBe('BAD_VERSION');
    await tree.remove('/nodes/cas');
    await tree.put('/nodes/cas?create', '0');
    expect((await tree.put('/nodes/cas', 'late', { 'if-match': etag })).status).toBe(412);
    expect((await tree.remove('/nodes/cas', { 'if-match': etag })).status).toBe(412);
    expect((await tree.put('/nodes/cas', 'any', { 'if-match': '*' })).status).toBe(200);
    const now = (await tree.ask('/nodes/cas')).headers.get('etag')!;
    expect((await tree.remove('/nodes/cas', { 'if-match': now })).status).toBe(204);
    expect((await tree.put('/nodes/cas', 'gone', { 'if-match': now })).json.code).toBe('NO_NODE');
  });

  test.each<[string, string, Record<string, string>]>([
    ['an ETag of somebody else', '/nodes/x', { 'if-match': '"abc"' }],
    ['two of them', '/nodes/x', { 'if-match': '"1-1", "2-2"' }],
    ['If-None-Match with an ETag', '/nodes/x', { 'if-none-match': '"1-1"' }],
    ['If-Match and create', '/nodes/x?create', { 'if-match': '"1-1"' }],
    ['a container with a number', '/nodes/x?container&sequential', {}],
    ['a container with a time to live', '/nodes/x?container&ttlMs=5', {}],
    ['a time to live that is none', '/nodes/x?ttlMs=0', {}],
    ['a parameter that there is not', '/nodes/x?crate', {}],
    ['a path that is none', '/nodes/x//y?create', {}],
    ['an ephemeral node', '/nodes/x?ephemeral', {}],
  ])('that asks for %s is refused, and nothing is done', async (_, path, headers) => {
    const { status, json } = await tree.put(path, 'x', headers);
    expect([status, json.retry]).toEqual([400, 'no']);
    expect((await tree.ask('/nodes/x')).status).toBe(404);
  });

  test('of an ephemeral node says that it takes a session', async () => {
    const { json } = await tree.put('/nodes/eph?ephemeral');
    expect(json).toMatchObject({ code: 'EPHEMERAL_ON_LOCAL_SESSION', path: '/eph' });
    expect(json.message).toContain('a caller of HTTP has none');
  });

  test('of a sequential node creates another one each time', async () => {
    const paths: string[] = [];
    for (let at = 0; at < 3; at++) paths.push((await tree.put('/nodes/seq/n-?sequential&parents')).json.path);
    expect(paths).toEqual(['/seq/n-0000000000', '/seq/n-0000000001', '/seq/n-0000000002']);
  });

  test('with parents creates what is missing above, and leaves what is there', async () => {
    await tree.put('/nodes/up?create', 'kept');
    const { status, json } = await tree.put('/nodes/up/a/b/c?parents', 'leaf');
    expect([status, json.path]).toEqual([201, '/up/a/b/c']);
    expect((await tree.ask('/nodes/up')).json.text).toBe('kept');
    expect((await tree.ask('/nodes/up/a/b')).json.value).toBe('');
    expect((await tree.put(`/nodes/${'d/'.repeat(150)}e?parents`)).json.code).toBe('BAD_ARGUMENTS');
  });

  test('of a container makes one that goes by itself', async () => {
    expect((await tree.put('/nodes/holder?container')).status).toBe(201);
  });

  test('in JSON says value or text, and who may do what', async () => {
    const acl = [{ scheme: 'world', id: 'anyone', permissions: ['read', 'delete'] }];
    expect((await tree.putJson('/nodes/said', { value: 'b25l', acl })).status).toBe(201);
    expect((await tree.ask('/nodes/said')).json.text).toBe('one');
    expect((await tree.ask('/acl/said')).json.acl).toEqual(acl);
    expect((await tree.put('/nodes/said', 'two')).json.code).toBe('NO_AUTH');
    expect((await tree.putJson('/nodes/both', { text: '{}' })).status).toBe(200);
    expect((await tree.ask('/nodes/both')).json.text).toBe('{}');
  });

  test.each<[string, unknown]>([
    ['value and text', { value: 'b25l', text: 'one' }],
    ['a value that is no base64', { value: '*' }],
    ['base64 without its padding', { value: 'b25' }],
    ['a field that there is not', { data: 'x' }],
    ['no object', 7],
    ['an access list of nobody', { acl: [] }],
    ['a permission that there is not', { acl: [{ scheme: 'world', id: 'anyone', permissions: ['all'] }] }],
  ])('in JSON with %s is refused', async (_, body) => {
    const { status, json } = await tree.putJson('/nodes/wrong?create', body);
    expect([status, json.code]).toEqual([400, 'BAD_ARGUMENTS']);
  });

  test('in what is no JSON, or with an access list that nobody can be, is refused', async () => {
    const broken = await tree.put('/nodes/wrong?create', '{', { 'content-type': 'application/json' });
    expect([broken.status, broken.json.code]).toEqual([400, 'BAD_ARGUMENTS']);
    const acl = [{ scheme: 'nobody', id: 'x', permissions: ['read'] }];
    const nobody = await tree.putJson('/nodes/wrong', { acl });
    expect([nobody.status, nobody.json.code]).toEqual([400, 'INVALID_ACL']);
  });

  test('as long as a client may write is taken, and a longer one told so without harm to others', async () => {
    const most = 1_048_575;
    const long = await tree.put('/nodes/long?create', 'x'.repeat(most - 200));
    expect(long.status).toBe(201);
    const [tooLong, far, other] = await Promise.all([
      tree.put('/nodes/long', 'x'.repeat(most)),
      tree.put('/nodes/long', 'x'.repeat(3 * most)),
      tree.ask('/nodes/'),
    ]);
    expect([tooLong.status, tooLong.json.code]).toEqual([413, 'TOO_LARGE']);
    expect([far.status, far.json.code]).toEqual([413, 'TOO_LARGE']);
    expect(other.status).toBe(200);
    const json = await tree.putJson('/nodes/long', { value: Buffer.alloc(most - 200).toString('base64') });
    expect(json.status).toBe(200);
  });
});

describe('what is removed', () => {
  test('has no children', async () => {
    await tree.put('/nodes/full/child?parents');
    expect((await tree.remove('/nodes/full')).json).toMatchObject({ code: 'NOT_EMPTY' });
    expect((await tree.remove('/nodes/full')).status).toBe(409);
    expect((await tree.remove('/nodes/full/child')).status).toBe(204);
    expect((await tree.remove('/nodes/full')).status).toBe(204);
  });
});

describe('a URL with nothing behind it', () => {
  test('says what there is', async () => {
    expect((await tree.ask('/nope')).json).toMatchObject({ code: 'NOT_FOUND' });
    const other = await tree.ask('/nodes/x', { method: 'PATCH' });
    expect([other.status, other.headers.get('allow'), other.json.code]).toEqual([
      405,
      'GET, PUT, DELETE',
      'METHOD_NOT_ALLOWED',
    ]);
  });
});
