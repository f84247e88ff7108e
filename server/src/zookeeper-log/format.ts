/**
 * A transaction log as Apache ZooKeeper writes it, big-endian:
 *
 *   int magic "ZKLG", int version 2, long database id
 *   (long Adler-32 of the bytes, buffer bytes, byte 'B')*      a transaction each (see txn.ts), in the order of their zxids
 *   zeros                                                      the file grows in steps ahead of what is written
 *
 * Its name tells the first zxid in it: `log.` and the zxid in hexadecimal digits.
 */
export const LOG_MAGIC = 0x5a4b4c47;
export const LOG_VERSION = 2;
export const LOG_HEADER_BYTES = 16;
/** 'B': the record before it is whole. */
export const END_OF_RECORD = 0x42;
/** Of a record beside its bytes. */
export const CHECKSUM_BYTES = 8;
export const LENGTH_BYTES = 4;
