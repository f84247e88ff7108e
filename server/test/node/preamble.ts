/** As the transport's own: magic, version, own label, label expected at the other end. */
export function preamble(from: number, to: number, version = 1, magic = 'ROOKPEER'): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write(magic, 'latin1');
  bytes.writeUInt32BE(version, 8);
  bytes.writeUInt32BE(from, 12);
  bytes.writeUInt32BE(to, 16);
  return bytes;
}
