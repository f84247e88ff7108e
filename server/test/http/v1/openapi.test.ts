import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { boundsOf } from '../../../src/bounds/bounds.ts';
import { Callers } from '../../../src/http/v1/callers.ts';
import { programs } from '../../../src/http/v1/programs.ts';
import { ServedTree } from './served-tree.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface OperationObject {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

let tree: ServedTree;
let document: Document;

beforeAll(async () => {
  tree = await ServedTree.start();
  document = JSON.parse((await tree.ask('/openapi.json')).text) as Document;
});

afterAll(() => tree.stop());

describe('/v1/openapi.json', () => {
  test('is OpenAPI 3.1, as its own schema says', async () => {
    const { valid, errors } = await new Validator().validate(document as object as Record<string, unknown>);
    expect(errors).toBeUndefined();
    expect([valid, document.openapi]).toEqual([true, '3.1.0']);
  });

  test('has every route, and no other', async () => {
    const app = Fastify({ ajv: { customOptions: { discriminator: true } } });
    const routes = new Set<string>();
    app.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) if (each !== 'HEAD') routes.add(`${each} ${url}`);
    });
    const callers = new Callers({
      view: {
        bounds: boundsOf({ client: { maxFrameBytes: 4096 } }),
        hosts: new Set(),
        isServing: () => false,
        accept: () => undefined as never,
      },
      proofs: tree.ensemble.leader.member.proofs,
      wait: async () => {},
      log: new KeptLog(),
    });
    programs(app, callers);
    await app.ready();
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) => {
        const url = path.replace('{path}', '*');
        const bare = url.endsWith('/*') ? [url.slice(0, -2)] : [];
        return [url, ...bare].map((each) => `${method.toUpperCase()} ${each}`);
      }),
    );
    expect([...routes].sort()).toEqual(told.sort());
    await app.close();
  });

  test('names each operation once, and says what each of its parameters means', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of operations) {
      const { parameters = [] } = operation as { parameters?: { description?: string }[] };
      for (const { description } of parameters) expect(description, operation.operationId).toMatch(/\S/);
    }
  });

  test('says what is answered: answers are as it says', async () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema(document, 'document');
    const asked: [string, string, () => Promise<{ status: number; json: unknown }>][] = [
      ['/v1/nodes/{path}', 'put', () => tree.put('/nodes/a?create', 'text')],
      ['/v1/nodes/{path}', 'put', () => tree.put('/nodes/a', 'text')],
      ['/v1/nodes/{path}', 'put', () => tree.put('/nodes/a?ephemeral')],
      ['/v1/nodes/{path}', 'put', () => tree.put('/nodes/a', '', { 'if-none-match': '*' })],
      ['/v1/nodes/{path}', 'put', () => tree.put('/nodes/none', '')],
      ['/v1/nodes/{path}', 'get', () => tree.ask('/nodes/a')],
      ['/v1/nodes/{path}', 'get', () => tree.ask('/nodes/none')],
      ['/v1/nodes/{path}', 'get', () => tree.ask('/nodes/?children&stat&limit=1')],
      ['/v1/nodes/{path}', 'get', () => tree.ask('/nodes/?children&after=AAAA')],
      ['/v1/acl/{path}', 'get', () => tree.ask('/acl/a')],
      ['/v1/acl/{path}', 'put', () => tree.putJson('/acl/a', { acl: [] })],
      ['/v1/transactions', 'post', () => tree.transact([{ do: 'set', path: '/a', text: '' }])],
      ['/v1/transactions', 'post', () => tree.transact([{ do: 'set', path: '/none', text: '' }])],
      ['/v1/nodes/{path}', 'get', () => tree.ask('/nodes/', { headers: { authorization: 'Bearer x' } })],
      ['/v1/openapi.json', 'get', () => tree.ask('/openapi.json')],
    ];
    for (const [path, method, ask] of asked) {
      const { status, json } = await ask();
      const answer = document.paths[path]![method]!.responses[status];
      expect(answer, `${method} ${path} ${status}`).toBeDefined();
      const place = [
        'paths',
        path,
        method,
        'responses',
        String(status),
        'content',
        'application/json',
        'schema',
      ];
      const pointer = place.map((each) => each.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
      const validate = ajv.getSchema(`document#/${encodeURI(pointer)}`)!;
      expect([validate(json), validate.errors], `${method} ${path} ${status}`).toEqual([true, null]);
    }
  });
});
