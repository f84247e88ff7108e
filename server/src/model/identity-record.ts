import { type Identities, type Identity, type Reader, Writer } from '@rookery/protocol';
import { ANYONE } from './access.ts';

/** Identities that one connection may gather: more are refused before they are proposed. */
export const MAX_IDENTITIES = 64;
/** Bytes that they may take as a record: each session carries its own through log, memory and snapshot. */
export const MAX_IDENTITIES_BYTES = 16 * 1024;

const MIN_IDENTITY_BYTES = 8;

/** vector<Id>: int count, (string scheme, string id)*. */
export function writeIdentities(writer: Writer, list: Identities): void {
  writer.writeInt(list.length);
  for (const { scheme, id } of list) {
    writer.writeString(scheme);
    writer.writeString(id);
  }
}

export function encodeIdentities(list: Identities): Uint8Array<ArrayBuffer> {
  const writer = new Writer(64);
  writeIdentities(writer, list);
  return writer.copy();
}

/**
 * What stands behind all else in a record: nothing there means that nothing was proved, as in what was written before connections
 * had identities. The reader fails where it is malformed or larger than any member would have written.
 */
export function readIdentities(reader: Reader): Identities {
  if (reader.remaining === 0) return ANYONE;
  if (reader.remaining > MAX_IDENTITIES_BYTES) reader.fail();
  const count = reader.readCount(MIN_IDENTITY_BYTES);
  if (count < 0 || count > MAX_IDENTITIES) reader.fail();
  const list: Identity[] = [];
  for (let i = 0; i < count && !reader.failed; i++) {
    const scheme = reader.readString();
    const id = reader.readString();
    if (scheme === undefined || id === undefined) reader.fail();
    else list.push({ scheme, id });
  }
  return reader.failed || list.length === 0 ? ANYONE : list;
}
