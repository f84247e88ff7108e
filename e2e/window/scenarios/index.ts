import type { Scenario } from '../scenario.ts';
import { accessLists } from './access-lists.ts';
import { accessibility } from './accessibility.ts';
import { changesOff } from './changes-off.ts';
import { editing } from './editing.ts';
import { ensembleView } from './ensemble-view.ts';
import { exportAndImport } from './export-and-import.ts';
import { hostileNodes } from './hostile-nodes.ts';
import { manyChildren } from './many-children.ts';
import { opens } from './opens.ts';
import { recipes } from './recipes.ts';
import { removal } from './removal.ts';
import { search } from './search.ts';
import { sessionsView } from './sessions-view.ts';
import { token } from './token.ts';
import { treeByKeyboard } from './tree-by-keyboard.ts';
import { values } from './values.ts';
import { watching } from './watching.ts';

export const scenarios: readonly Scenario[] = [
  opens,
  ensembleView,
  treeByKeyboard,
  values,
  recipes,
  search,
  editing,
  removal,
  exportAndImport,
  sessionsView,
  watching,
  changesOff,
  token,
  accessLists,
  hostileNodes,
  accessibility,
  manyChildren,
];
