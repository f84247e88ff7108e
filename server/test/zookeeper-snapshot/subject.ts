import { SessionTable } from '../../src/session/table.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import { Tree } from '../../src/tree/tree.ts';
import { SnapshotConversion, SnapshotSurvey } from '../../src/zookeeper-snapshot/from-own.ts';
import type { Subject } from './conversion-run.ts';

/** The sources as they are. */
export const subject: Subject = { Tree, SessionTable, beginSnapshot, SnapshotSurvey, SnapshotConversion };
