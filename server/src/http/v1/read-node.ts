import { GetCall } from '@rookery/client/world';
import type { FastifyReply } from 'fastify';
import { etagOf, isKnown } from './etag.ts';
import { statJson, valueJson } from './node-json.ts';
import { childrenOf } from './read-children.ts';
import { type Asked, flag, type Operation } from './route.ts';
import { ref } from './schemas.ts';

export const CONSISTENCY = {
  type: 'string',
  enum: ['linearizable'],
  description:
    'Answer from a state that holds all that anybody was answered before; left out: from what this member has, which may be a moment old.',
};

/** Has what is asked behind it be as new as the caller wants it. */
export async function beginRead({ asker, path, text }: Asked): Promise<void> {
  if (text('consistency') === 'linearizable') await asker.sync(path);
}

async function get(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path } = asked;
  await beginRead(asked);
  if (asked.has('children')) return childrenOf(asked, reply);
  const { data, stat } = await asker.ask(new GetCall(path, path));
  const etag = etagOf(stat);
  reply.header('etag', etag).header('vary', 'accept');
  if (isKnown(asked.header('if-none-match'), etag)) {
    reply.code(304);
    return undefined;
  }
  if (/\bapplication\/octet-stream\b/i.test(asked.header('accept') ?? '')) {
    reply.type('application/octet-stream');
    return data;
  }
  return { path, ...valueJson(data), stat: statJson(stat) };
}

export const readNode: Operation = {
  method: 'GET',
  path: '/nodes/{path}',
  id: 'readNode',
  summary: 'A node: its value and stat, or its children',
  description:
    "With `children` a page of its children instead, in an order of the member's own; `next` leads to the page behind it.",
  query: {
    consistency: CONSISTENCY,
    children: flag('The children, not the value.'),
    stat: flag('With `children`: their stats as well; null for those that the caller may not read.'),
    limit: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,3}$',
      description: 'With `children`: at most so many, 100 where it is left out.',
    },
    after: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]{1,400}$',
      description: 'With `children`: from where on, as `next` says it.',
    },
  },
  headers: {
    accept: '`application/octet-stream` for the value as it is, else JSON.',
    'if-none-match': 'ETags that the caller knows: 304 where the value has not changed.',
  },
  answers: {
    200: {
      description: 'The node, or a page of its children.',
      headers: ['ETag'],
      content: {
        'application/json': { schema: { anyOf: [ref('Node'), ref('Children')] } },
        'application/octet-stream': { schema: {} },
      },
    },
    304: { description: 'The value is the one that the caller knows.', headers: ['ETag'] },
  },
  errors: [404, 410],
  place: 'request',
  handle: get,
};
