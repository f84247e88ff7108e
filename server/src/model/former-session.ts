/**
 * Sessions that came over from an Apache ZooKeeper have ids below this one, made of their former ids and the cluster's secret; the zxids of a cluster that
 * has such sessions, and with them the ids of its own, begin here. So neither can be taken for the other, and of a forced recovery, which ends whoever
 * came before its own zxid, they are before. Far enough below 2^52, where the ids of readers begin, for 2,000 recoveries.
 *
 * No member has to be told of a former id: whoever knows the secret makes the same of it.
 */
export const FORMER_SESSIONS_BELOW = 2 ** 51;

/** Bytes of a hash that make an id. */
const HASH_BYTES = 7;
/** So that the hash is no password's, of which clients see so much. */
const PURPOSE = 0x46;

/** Whether a cluster that has come so far may have any. */
export function mayHaveFormerSessions(lastZxid: number): boolean {
  return lastZxid >= FORMER_SESSIONS_BELOW;
}

/**
 * What a session of ZooKeeper's is called here: nobody who sees that learns of its former id, by which alone it is proved to be one's own.
 *
 * @param hmac under the cluster's secret
 */
export function formerSessionId(high: number, low: number, hmac: (bytes: Uint8Array) => Uint8Array): number {
  const former = new Uint8Array(9);
  const view = new DataView(former.buffer);
  view.setUint8(0, PURPOSE);
  view.setInt32(1, high);
  view.setInt32(5, low);
  const hash = hmac(former);
  let id = 0;
  for (let i = 0; i < HASH_BYTES; i++) id = (id % 2 ** 43) * 256 + hash[i]!;
  // 0 is no session.
  return Math.max(1, id);
}
