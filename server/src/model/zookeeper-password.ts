import { allocateBytes } from '@rookery/protocol';

/** What ZooKeeper mixes into the session's id: the same in each of them that there ever was, so it keeps nobody out. */
const SUPER_SECRET = 0xb3415c00n;
const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
const STATE_BITS = 48;
const PASSWORD_BYTES = 16;

/** The password that Apache ZooKeeper gives to the session with these halves of an id: the first bytes that `java.util.Random` draws from it. */
export function zookeeperPassword(sessionHigh: number, sessionLow: number): Uint8Array {
  const id = (BigInt(sessionHigh) << 32n) | BigInt(sessionLow >>> 0);
  let state = BigInt.asUintN(STATE_BITS, id ^ SUPER_SECRET ^ MULTIPLIER);
  const password = allocateBytes(PASSWORD_BYTES);
  const view = new DataView(password.buffer, password.byteOffset);
  for (let at = 0; at < PASSWORD_BYTES; at += 4) {
    state = BigInt.asUintN(STATE_BITS, state * MULTIPLIER + INCREMENT);
    view.setInt32(at, Number(BigInt.asIntN(32, state >> 16n)), true);
  }
  return password;
}
