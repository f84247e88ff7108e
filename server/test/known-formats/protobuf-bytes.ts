/** Of a message: varints for numbers, and bytes with their length for all else. */
export function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

export const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

export function serverName(host: string, port: number, startCode: number): Buffer {
  return message(field(1, host), field(2, port), field(3, startCode));
}

/** As HBase's ZKUtil puts it: magic, the length of name and salt, name, salt, "PBUF", the message. */
export function hbaseValue(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = 0xff;
  head.writeUInt32BE(name.length + 8, 1);
  return Buffer.concat([head, Buffer.from(name), Buffer.from('saltsalt'), Buffer.from('PBUF'), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
