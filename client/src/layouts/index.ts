/** How the recipes of kazoo, Curator and others lay their nodes out: for whoever looks at a tree and wants to know what it is that it sees. Pure. */
export { compareLineNames, holderCount, type LineKind, type LineName, parseLineName } from './line-names.ts';
export {
  type LookedAt,
  type PartOfRecipe,
  type RecipeKind,
  type RecognisedRecipe,
  recogniseRecipe,
} from './recipes.ts';
