/** Whole subtrees: walked, counted, removed, copied, and as lines of JSON, with many requests ahead of the answers and a bound on what is held. */
export { below, comparePaths, isWithin, join, nameOf, normalised, parentOf, relativeTo } from '../paths.ts';
export { aclText, aclTexts, hidesHashes, isSameAcl, parseAcl } from './acl-text.ts';
export { confirmed } from './confirmed-counters.ts';
export { type Copied, type CopyOptions, copyTo, type ModelNode } from './copier.ts';
export { deepestFirst } from './deepest-first.ts';
export { type ExportLine, endLine, headLine, nodeLine, parseExportLine } from './export-format.ts';
export { type FullNode, fullNodeOf, fullNodes } from './full-node.ts';
export { linesOf } from './lines.ts';
export { makeParents } from './make-parents.ts';
export { modelOf } from './model-of-subtree.ts';
export { createAlone, creationOf, type NewNode } from './new-node.ts';
export { isEphemeral, nextSequence, sessionText } from './node-stat.ts';
export { type InFlight, inOrder } from './pipeline.ts';
export { removeAll } from './removal.ts';
export { type LostCounter, type LostCounters, SequenceCounters } from './sequence-counters.ts';
export { inTransactions } from './transactions.ts';
export { type ValueJson, valueJson } from './value-json.ts';
export { type MetNode, type WalkedNode, type WalkOptions, walk } from './walk.ts';
