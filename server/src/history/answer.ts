import { type Identities, NO_SLOT, Permission, type Slot } from '@rookery/protocol';
import { HistoryRefusal } from '../errors/error-codes.ts';
import { permits } from '../model/access.ts';
import type { Build } from '../replica/build.ts';
import type { MemberIdentity } from '../storage/recovered.ts';
import type { Tree } from '../tree/tree.ts';
import { ChangesThen } from './changes-then.ts';
import { aclThen, nodeThen } from './node-then.ts';
import { asHistoryError, earliestMoment, Past, type PastParts } from './past.ts';
import { type Asked, answerLine, type Point, type Question } from './question.ts';
import type { RetainedFiles } from './retained-files.ts';

export interface Source {
  readonly files: RetainedFiles;
  readonly identity: MemberIdentity;
  readonly build: Build;
}

/** The lines of the answer. The first one says which moment it is about; the last one is `end`. Throws HistoryError. */
export async function* answer(question: Question, source: Source): AsyncGenerator<string, void> {
  const { asked } = question;
  const parts = { ...question, ...source };
  try {
    if (asked.what === 'changes') yield* changes(question, asked, parts);
    else yield* stateThen(question, asked, parts);
  } catch (error) {
    const failure = asHistoryError(error);
    if (failure.code === HistoryRefusal.gone) failure.earliest = await earliestMoment(parts);
    throw failure;
  }
}

async function* stateThen(
  { path, identities }: Question,
  asked: Extract<Asked, { readonly at: Point }>,
  parts: PastParts,
): AsyncGenerator<string, void> {
  const past = await Past.before(asked.at, parts);
  await past.goTo(asked.at);
  yield answerLine('', { type: 'at', ...past.moment });
  const { tree } = past.machine;
  const slot = tree.lookupText(path);
  if (slot === NO_SLOT) yield answerLine('', { type: 'none', path });
  else if (asked.what === 'node') yield nodeLine(tree, slot, identities, true);
  else yield* subtree(tree, slot, identities, asked.hasValues);
  yield answerLine('', { type: 'end', ...past.moment });
}

async function* changes(
  { path, identities }: Question,
  { isRecursive, after, to }: Extract<Asked, { readonly what: 'changes' }>,
  parts: PastParts,
): AsyncGenerator<string, void> {
  const past = await Past.before(after, parts);
  if (after !== undefined) await past.goTo(after);
  yield answerLine('', { type: 'at', ...past.moment });
  const listener = new ChangesThen({ path, isRecursive, identities });
  const pieces = past.pieces(to, listener);
  while ((await pieces.next()).done !== true) yield* listener.lines.splice(0);
  yield* listener.lines.splice(0);
  yield answerLine('', { type: 'end', ...past.moment });
}

/** What may not be read is said to be there, as the list of its parent's children says it, and no more. */
function nodeLine(tree: Tree, slot: Slot, identities: Identities, hasValue: boolean): string {
  const acl = tree.acl(slot);
  if (!permits(acl, Permission.read, identities)) return hiddenLine(tree.path(slot));
  const isAdmin = permits(acl, Permission.admin, identities);
  return answerLine(
    tree.path(slot),
    nodeThen(tree, slot, hasValue),
    isAdmin ? { acl: aclThen(acl) } : undefined,
  );
}

function hiddenLine(path: string): string {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  return answerLine(parent, { type: 'hidden', path });
}

function* subtree(
  tree: Tree,
  top: Slot,
  identities: Identities,
  hasValues: boolean,
): Generator<string, void> {
  const waiting: Slot[] = [top];
  for (let slot = waiting.pop(); slot !== undefined; slot = waiting.pop()) {
    yield nodeLine(tree, slot, identities, hasValues);
    if (permits(tree.acl(slot), Permission.read, identities)) waiting.push(...childrenOf(tree, slot));
  }
}

/** The last one by name first. */
function childrenOf(tree: Tree, parent: Slot): Slot[] {
  const children: { readonly slot: Slot; readonly path: string }[] = [];
  for (let slot = tree.firstChild(parent); slot !== NO_SLOT; slot = tree.nextSibling(slot))
    children.push({ slot, path: tree.path(slot) });
  return children.sort((a, b) => (a.path < b.path ? 1 : -1)).map(({ slot }) => slot);
}
