// Who decodes requests needs one folder: the reader itself is shared with the tree's snapshots.
export { Reader } from '../model/reader.ts';
