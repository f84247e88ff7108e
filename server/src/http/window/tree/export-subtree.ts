import { CoordinationError } from '@rookery/client';
import { endLine, headLine, type MetNode, modelOf, nameOf, nodeLine } from '@rookery/client/subtree';
import type { FastifyReply } from 'fastify';
import type { Asked, Operation } from '../../v1/route.ts';
import { CallerTree } from './caller-tree.ts';
import { answerTexts, LINES_TYPE } from './line-stream.ts';
import { type PagedNode, pagedWalk } from './paged-walk.ts';

/** The servers' own. */
const LEFT_OUT = '/zookeeper';

async function exportAll(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path } = asked;
  const tree = new CallerTree(asker, reply);
  await tree.stat(path);
  reply.header('content-disposition', `attachment; filename="${fileName(path)}"`);
  return answerTexts(asked, reply, exportOf(tree, path, new Date().toISOString()));
}

async function* exportOf(tree: CallerTree, root: string, at: string): AsyncGenerator<string> {
  let nodes = 0;
  let ephemerals = 0;
  yield headLine(root, at);
  const met = whole(pagedWalk(tree, root, { leavesOut: (path) => path === LEFT_OUT }));
  for await (const node of modelOf(tree, root, met, () => ephemerals++)) {
    nodes++;
    yield nodeLine(node);
  }
  yield endLine(nodes, ephemerals);
}

/** An export that left out what its caller may not read would be taken for all that there is. */
async function* whole(nodes: AsyncIterable<PagedNode>): AsyncGenerator<MetNode> {
  for await (const { path, depth, stat } of nodes) {
    if (stat === undefined) {
      const about = { operation: 'get', path, retry: 'no' } as const;
      throw new CoordinationError('NO_AUTH', `export ${path}: the access list does not allow it`, about);
    }
    yield { path, depth, stat };
  }
}

/** `/a/größe` → `größe` without what a file's name, or a header, would not take. */
function fileName(path: string): string {
  const name = nameOf(path)
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 100);
  return `${name === '' ? 'root' : name}.ndjson`;
}

export const exportSubtree: Operation = {
  method: 'GET',
  path: '/export/{path}',
  id: 'exportSubtree',
  summary: 'A subtree as lines of JSON, as rookery export writes them',
  answers: { 200: { description: 'rookery-export/1.', content: { [LINES_TYPE]: { schema: {} } } } },
  errors: [404],
  place: 'walk',
  handle: exportAll,
};
