import {
  type PartOfRecipe,
  parseLineName,
  type RecognisedRecipe,
  recogniseRecipe,
} from '@rookery/client/layouts';
import { inOrder, join, nameOf, parentOf } from '@rookery/client/subtree';
import { GetCall } from '@rookery/client/world';
import type { PagedChild } from '@rookery/protocol';
import type { Asker } from '../../v1/asker.ts';
import type { Contender, NodePage, Recipe } from '../shapes.ts';
import { contenderOf } from './contender.ts';
import { type FirstChildren, firstChildren } from './first-children.ts';
import { readable } from './permitted.ts';

/** Of those who hold, and of those who wait. */
const MOST_TOLD = 100;
/** Contenders that are looked up at a time. */
const MAX_IN_FLIGHT = 32;
/** Of a child that might say what all of them are. */
const MOST_CHILD_BYTES = 4096;

interface Found {
  readonly recipe: Recipe;
  /** Whether a child of this name takes part, as far as was looked. */
  readonly has: (name: string) => boolean;
}

/** What the children of a node are; null where they are nothing that is known, or may not be seen. @param value undefined: it may not be read */
export async function recipeAt(
  asker: Asker,
  path: string,
  value: Uint8Array | undefined,
): Promise<Recipe | null> {
  return (await foundAt(asker, path, value))?.recipe ?? null;
}

/** Where a node is one of its parent's recipe. What would be one goes with a session, or has a name that says so. */
export async function recipeAbove(
  asker: Asker,
  path: string,
  isEphemeral: boolean,
): Promise<NodePage['within']> {
  const name = nameOf(path);
  if (name === '' || (!isEphemeral && parseLineName(name) === undefined)) return null;
  const parent = parentOf(path);
  const value = await readable(asker.ask(new GetCall(parent, parent)));
  const found = await foundAt(asker, parent, value?.data);
  return found?.has(name) === true ? { path: parent, recipe: found.recipe } : null;
}

async function foundAt(
  asker: Asker,
  path: string,
  value: Uint8Array | undefined,
): Promise<Found | undefined> {
  const seen = await firstChildren(asker, path);
  const recognised = seen && (await recognisedIn(asker, path, value, seen));
  if (seen === undefined || recognised === undefined) return undefined;
  const { below, parts } = recognised;
  if (below !== undefined)
    return { recipe: await recipeBelow(asker, path, recognised, below), has: () => false };
  const names = new Set(parts.map(({ name }) => name));
  const isCut = seen.count > seen.children.length;
  return {
    recipe: await recipeOf(asker, path, recognised, seen),
    has: (name) => names.has(name) || (isCut && parseLineName(name) !== undefined),
  };
}

/** Only where the names say nothing a value is looked into. */
async function recognisedIn(
  asker: Asker,
  path: string,
  value: Uint8Array | undefined,
  { children }: FirstChildren,
): Promise<RecognisedRecipe | undefined> {
  const node = {
    path,
    value,
    children: children.map(({ name, stat }) => ({
      name,
      isEphemeral: stat !== undefined && stat.ephemeralOwner !== 0,
    })),
  };
  const byNames = recogniseRecipe({ ...node, childValue: undefined });
  if (byNames !== undefined) return byNames;
  const speaking = children.find(({ stat }) => isShort(stat));
  if (speaking === undefined) return undefined;
  const child = join(path, speaking.name);
  const childValue = (await readable(asker.ask(new GetCall(child, child))))?.data;
  return recogniseRecipe({ ...node, childValue });
}

function isShort(stat: PagedChild['stat']): boolean {
  return stat !== undefined && stat.dataLength > 0 && stat.dataLength <= MOST_CHILD_BYTES;
}

async function recipeOf(
  asker: Asker,
  path: string,
  { kind, layout, parts, holderCount, allHold }: RecognisedRecipe,
  { children, count }: FirstChildren,
): Promise<Recipe> {
  const unseen = count - children.length;
  const contenders = (some: readonly PartOfRecipe[]) => contendersOf(asker, path, some, children);
  const [holders, waiters] = await Promise.all([
    contenders(parts.slice(0, holderCount)),
    contenders(parts.slice(holderCount)),
  ]);
  return {
    kind,
    layout,
    holders,
    waiters,
    holderCount: holderCount + (allHold ? unseen : 0),
    waiterCount: parts.length - holderCount + (allHold ? 0 : unseen),
  };
}

/** Of one whose holders, and whose waiters, have a node of their own each. Who holds may stand among those who wait as well. */
async function recipeBelow(
  asker: Asker,
  path: string,
  { kind, layout }: RecognisedRecipe,
  below: NonNullable<RecognisedRecipe['below']>,
): Promise<Recipe> {
  const [holding, waiting] = await Promise.all([
    partsBelow(asker, join(path, below.holders)),
    partsBelow(asker, join(path, below.waiters)),
  ]);
  const names = new Set(holding.parts.map(({ name }) => name));
  const others = waiting.parts.filter(({ name }) => !names.has(name));
  const [holders, waiters] = await Promise.all([
    contendersOf(asker, join(path, below.holders), holding.parts, holding.children),
    contendersOf(asker, join(path, below.waiters), others, waiting.children),
  ]);
  const waiterCount = waiting.count - (waiting.parts.length - others.length);
  return { kind, layout, holders, waiters, holderCount: holding.count, waiterCount };
}

async function partsBelow(
  asker: Asker,
  path: string,
): Promise<FirstChildren & { readonly parts: readonly PartOfRecipe[] }> {
  const seen = (await firstChildren(asker, path)) ?? { children: [], count: 0 };
  const parts = (await recognisedIn(asker, path, undefined, seen))?.parts ?? [];
  return { ...seen, parts };
}

/** The first hundred. */
async function contendersOf(
  asker: Asker,
  path: string,
  parts: readonly PartOfRecipe[],
  children: readonly PagedChild[],
): Promise<Contender[]> {
  const stats = new Map(children.map(({ name, stat }) => [name, stat]));
  const found: Contender[] = [];
  const looked = inOrder(parts.slice(0, MOST_TOLD), MAX_IN_FLIGHT, (part) =>
    contenderOf(asker, path, part, stats.get(part.name)),
  );
  for await (const contender of looked) found.push(contender);
  return found;
}
