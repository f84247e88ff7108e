import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServedTree } from './served-tree.ts';

let tree: ServedTree;

beforeAll(async () => {
  tree = await ServedTree.start();
});

afterAll(() => tree.stop());

describe('a transaction', () => {
  test('does all of its steps as one write, and says what each came to', async () => {
    const { status, json, headers } = await tree.transact([
      { do: 'create', path: '/t', text: '1' },
      { do: 'create', path: '/t/n-', sequential: true, value: 'Mg==' },
      { do: 'set', path: '/t', text: '2', version: 0 },
      { do: 'check', path: '/t', version: 1 },
      { do: 'create', path: '/t/box', container: true },
      { do: 'delete', path: '/t/box' },
    ]);
    expect(status).toBe(200);
    const zxid = Number(headers.get('rookery-zxid'));
    expect(json.results).toMatchObject([
      { do: 'create', path: '/t', stat: { czxid: zxid } },
      { do: 'create', path: '/t/n-0000000000', stat: { czxid: zxid } },
      { do: 'set', path: '/t', stat: { mzxid: zxid, version: 1 } },
      { do: 'check', path: '/t' },
      { do: 'create', path: '/t/box' },
      { do: 'delete', path: '/t/box' },
    ]);
    expect((await tree.ask('/nodes/t/n-0000000000')).json.text).toBe('2');
  });

  test('does none of its steps where one cannot be done, and names that', async () => {
    const { status, json } = await tree.transact([
      { do: 'create', path: '/none-of-it' },
      { do: 'set', path: '/absent', text: 'x' },
      { do: 'create', path: '/nor-this' },
    ]);
    expect([status, json.code, json.path, json.step, json.retry]).toEqual([
      404,
      'NO_NODE',
      '/absent',
      1,
      'no',
    ]);
    expect((await tree.ask('/nodes/none-of-it')).status).toBe(404);
    await tree.put('/nodes/there?create');
    const exists = await tree.transact([
      { do: 'check', path: '/there', version: 0 },
      { do: 'create', path: '/there' },
    ]);
    expect([exists.status, exists.json.code, exists.json.step]).toEqual([409, 'NODE_EXISTS', 1]);
  });

  test.each<[string, unknown]>([
    ['no steps', []],
    ['a step that there is not', [{ do: 'rename', path: '/x' }]],
    ['a step without a path', [{ do: 'delete' }]],
    ['a path that is none', [{ do: 'delete', path: 'x' }]],
    ['what belongs to another step', [{ do: 'delete', path: '/x', text: 'y' }]],
    ['a container with a number', [{ do: 'create', path: '/x', container: true, sequential: true }]],
    ['value and text', [{ do: 'create', path: '/x', value: 'eA==', text: 'x' }]],
  ])('with %s is refused', async (_, steps) => {
    const { status, json } = await tree.transact(steps as unknown[]);
    expect([status, json.code]).toEqual([400, 'BAD_ARGUMENTS']);
  });

  test('with an ephemeral node says that it takes a session', async () => {
    const { status, json } = await tree.transact([{ do: 'create', path: '/x', ephemeral: true }]);
    expect([status, json.code, json.path]).toEqual([400, 'EPHEMERAL_ON_LOCAL_SESSION', '/x']);
  });

  test('that says what there is not is told what', async () => {
    const { json } = await tree.transact([{ do: 'delete', path: '/x', text: 'y' }]);
    expect(json.message).toBe('body/steps/0 has "text", which this call does not know');
    expect((await tree.put('/nodes/x?crate')).json.message).toBe(
      'the URL has "crate", which this call does not know',
    );
  });

  test.each<[string, RequestInit]>([
    ['text', { body: 'steps', headers: { 'content-type': 'text/plain' } }],
    ['a form', { body: new URLSearchParams({ steps: '' }) }],
    ['nothing', {}],
  ])('in %s is refused: a page of another site could send it unasked', async (_, init) => {
    const { status, json } = await tree.ask('/transactions', { method: 'POST', ...init });
    expect([status, json.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  test('longer than a request may be is refused', async () => {
    const text = 'x'.repeat(600_000);
    const { status, json } = await tree.transact([
      { do: 'create', path: '/l1', text },
      { do: 'create', path: '/l2', text },
    ]);
    expect([status, json.code]).toEqual([413, 'TOO_LARGE']);
  });
});
