// Who encodes replies needs one folder: the writer itself is shared with the tree's snapshots.
export { Writer } from '../model/writer.ts';
