import type { FastifyReply } from 'fastify';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import { ChildrenPageCall } from './children-page-call.ts';
import { ProgramsError } from './errors.ts';
import { statJson } from './node-json.ts';
import { urlPath } from './paths.ts';
import type { Asked } from './route.ts';

const DEFAULT_LIMIT = 100;

/** The page that is asked for. */
export async function childrenOf(
  { asker, prefix, path, has, text }: Asked,
  reply: FastifyReply,
): Promise<unknown> {
  const limit = Math.min(Number(text('limit') ?? DEFAULT_LIMIT), asker.bounds.httpPageChildren);
  const after = text('after');
  const cursor = after === undefined ? undefined : Buffer.from(after, 'base64url');
  const withStats = has('stat');
  const page = await asker.ask(new ChildrenPageCall(path, { limit, withStats, cursor }));
  if (!page.isCursorKnown) {
    throw new ProgramsError(
      ProgramsRefusal.cursorLost,
      'these children cannot be gone on with: the page before came from another member, or all that it ended with are gone; begin again without after',
      path,
    );
  }
  const next = page.cursor === undefined ? null : nextOf(prefix, path, limit, withStats, page.cursor);
  if (next !== null) reply.header('link', `<${next}>; rel="next"`);
  return {
    path,
    stat: statJson(page.stat),
    children: page.children.map(({ name, stat }) =>
      withStats ? { name, stat: stat === undefined ? null : statJson(stat) } : { name },
    ),
    next,
  };
}

function nextOf(prefix: string, path: string, limit: number, withStats: boolean, cursor: Uint8Array): string {
  const after = Buffer.from(cursor).toString('base64url');
  return `${prefix}/nodes${urlPath(path)}?children${withStats ? '&stat' : ''}&limit=${limit}&after=${after}`;
}
