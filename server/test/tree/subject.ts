import { SessionTable } from '../../src/session/table.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import { Tree } from '../../src/tree/tree.ts';
import { TreeLoader } from '../../src/tree/tree-loader.ts';
import type { Subject } from './random-run.ts';

/** The sources as they are. */
export const subject: Subject = { Tree, SessionTable, TreeLoader, beginSnapshot };
