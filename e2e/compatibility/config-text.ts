/** Of a reply: xid, zxid, err. */
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;
/** Of a stat, where `mzxid` and `dataLength` stand in it. */
const MZXID = 8;
const DATA_LENGTH = 52;
const STAT_BYTES = 68;
/** Members of the ensembles themselves: whoever else is named has the ports that the scenario gave it. */
const OWN_MEMBER = /^(server\.[1-3]=127\.0\.0\.1):\d+:\d+(:\w+)(;.*)?$/gm;
const VERSION = /^version=([0-9a-f]+)$/m;

/**
 * The reply to a getData or a reconfig, with what `/zookeeper/config` says as it is for every ensemble: ports of its own members left out, and
 * as the version whether it is the zxid by which the node was changed, as it has to be.
 */
export function withPlainConfig(reply: Buffer): Buffer {
  const start = HEADER_BYTES + LENGTH_BYTES;
  const end = reply.length - STAT_BYTES;
  if (end <= start || reply.readInt32BE(HEADER_BYTES) !== end - start) return reply;
  const text = reply.toString('utf8', start, end);
  const version = VERSION.exec(text)?.[1];
  if (!text.startsWith('server.') || version === undefined) return reply;
  const isOwnZxid = BigInt(`0x${version}`) === reply.readBigInt64BE(end + MZXID);
  const plain = Buffer.from(
    text.replace(OWN_MEMBER, '$1$2').replace(VERSION, `version=${isOwnZxid ? 'mzxid' : version}`),
  );
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(plain.length);
  const stat = Buffer.from(reply.subarray(end));
  stat.writeInt32BE(plain.length, DATA_LENGTH);
  return Buffer.concat([reply.subarray(0, HEADER_BYTES), length, plain, stat]);
}
