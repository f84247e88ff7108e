import { inOrder, nameOf } from '@rookery/client/subtree';
import type { FastifyReply } from 'fastify';
import { ProgramsError } from '../../v1/errors.ts';
import type { Asked, Operation } from '../../v1/route.ts';
import type { SearchLine } from '../shapes.ts';
import { CallerTree } from './caller-tree.ts';
import { LOOKED_STEP } from './count-subtree.ts';
import { answerLines, LINES_TYPE } from './line-stream.ts';
import { type PagedNode, pagedWalk } from './paged-walk.ts';
import { readable } from './permitted.ts';
import { visible } from './visible.ts';

const DEFAULT_LIMIT = 1_000;
const MOST_FOUND = 10_000;
const MOST_TEXT_CHARACTERS = 200;
/** Values that are read at a time, and their bytes. */
const MAX_IN_FLIGHT = 32;
const MAX_BYTES_IN_FLIGHT = 4 * 1024 * 1024;
/** A piece of a value that is searched at a time, so that a long one holds nobody up. */
const PIECE_BYTES = 256 * 1024;
const MOST_EXCERPT_CHARACTERS = 120;
const BEFORE_CHARACTERS = 40;

export type SearchIn = 'names' | 'values' | 'both';

export interface Wanted {
  readonly text: string;
  readonly in: SearchIn;
  readonly limit: number;
}

interface Looked {
  readonly found:
    | { readonly path: string; readonly where: 'name' | 'value'; readonly excerpt?: string }
    | undefined;
  readonly isUnreadable: boolean;
}

async function search(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path } = asked;
  const wanted = wantedOf(asked);
  const tree = new CallerTree(asker, reply);
  await tree.stat(path);
  const readValue = async (node: PagedNode): Promise<Buffer | undefined> =>
    (await readable(tree.get(node.path)))?.data;
  return answerLines(asked, reply, searched(pagedWalk(tree, path), wanted, readValue));
}

function wantedOf({ path, text }: Asked): Wanted {
  const sought = text('text') ?? '';
  if (sought === '' || sought.length > MOST_TEXT_CHARACTERS) {
    const why = `text is what is searched for: 1 to ${MOST_TEXT_CHARACTERS} characters`;
    throw new ProgramsError('BAD_ARGUMENTS', why, path);
  }
  const limit = Math.min(Number(text('limit') ?? DEFAULT_LIMIT), MOST_FOUND);
  return { text: sought, in: (text('in') ?? 'names') as SearchIn, limit };
}

/**
 * The nodes of a walk whose name or value has the text, in whatever case: each is told once, by its name where that has it.
 *
 * @param readValue undefined where it may not be read, or the node has gone
 */
export async function* searched(
  nodes: AsyncIterable<PagedNode>,
  wanted: Wanted,
  readValue: (node: PagedNode) => Promise<Buffer | undefined>,
): AsyncGenerator<SearchLine> {
  const pattern = patternOf(wanted.text);
  const limit = {
    items: MAX_IN_FLIGHT,
    weight: MAX_BYTES_IN_FLIGHT,
    weightOf: ({ stat }: PagedNode) => (wanted.in === 'names' ? 0 : (stat?.dataLength ?? 0)),
  };
  let looked = 0;
  let found = 0;
  let unreadable = 0;
  let isCut = false;
  for await (const result of inOrder(nodes, limit, (node) => lookAt(node, wanted.in, pattern, readValue))) {
    looked++;
    if (result.isUnreadable) unreadable++;
    isCut = result.found !== undefined && found === wanted.limit;
    if (isCut) break;
    if (result.found !== undefined) {
      found++;
      yield result.found;
    }
    if (looked % LOOKED_STEP === 0) yield { looked };
  }
  yield { end: true, looked, found, isCut, unreadable };
}

async function lookAt(
  node: PagedNode,
  where: SearchIn,
  pattern: RegExp,
  readValue: (node: PagedNode) => Promise<Buffer | undefined>,
): Promise<Looked> {
  const { path, stat } = node;
  const isUnreadable = stat === undefined;
  if (where !== 'values' && pattern.test(nameOf(path)))
    return { found: { path, where: 'name' }, isUnreadable };
  if (where === 'names' || isUnreadable || stat.dataLength === 0) return { found: undefined, isUnreadable };
  const value = await readValue(node);
  const excerpt = value && (await excerptOf(value, pattern));
  return {
    found: excerpt === undefined ? undefined : { path, where: 'value', excerpt },
    isUnreadable: false,
  };
}

/** What stands around the first place that the pattern is at; undefined: it is nowhere. */
export async function excerptOf(
  value: Buffer,
  pattern: RegExp,
  pieceBytes = PIECE_BYTES,
): Promise<string | undefined> {
  // What lies across the end of a piece is in the next one as well.
  const overlap = 4 * (MOST_TEXT_CHARACTERS + BEFORE_CHARACTERS);
  for (let start = 0; start < value.length; start += pieceBytes) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    const text = value.toString('utf8', Math.max(0, start - overlap), start + pieceBytes);
    const match = pattern.exec(text);
    if (match === null) continue;
    const from = Math.max(0, match.index - BEFORE_CHARACTERS);
    return visible(text.slice(from, from + MOST_EXCERPT_CHARACTERS).toWellFormed());
  }
  return undefined;
}

export function patternOf(text: string): RegExp {
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
}

export const searchSubtree: Operation = {
  method: 'GET',
  path: '/search/{path}',
  id: 'searchSubtree',
  summary: 'Nodes of a subtree whose name or value has a text',
  query: {
    text: { type: 'string', description: 'What is searched for; case does not count.' },
    in: { type: 'string', enum: ['names', 'values', 'both'], description: 'Names where it is left out.' },
    limit: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,5}$',
      description: 'At most so many: 1,000 where it is left out, 10,000 at most.',
    },
  },
  answers: { 200: { description: 'Lines: SearchLine.', content: { [LINES_TYPE]: { schema: {} } } } },
  errors: [404],
  place: 'walk',
  handle: search,
};
