import { formatOf, type Recogniser } from './format.ts';
import { type ProtobufField, protobufFields } from './protobuf.ts';
import { hexOf, plainTextOf, utf8Of } from './text.ts';

const MAGIC = 0xff;
const LENGTH_BYTES = 4;
/** Behind the server's name, so that no two writes are the same. */
const SALT_BYTES = 8;
const PROTOBUF = 'PBUF';
const MOST_HEX_BYTES = 48;

/**
 * What HBase puts before each of its values, and the fields of the message behind that, whose meanings stand in no value:
 *
 *   0xff  int length  server's name  8 bytes of salt  "PBUF"  protobuf
 */
export const hbase: Recogniser<Uint8Array> = (_path, data) => {
  if (data.length < 1 + LENGTH_BYTES || data[0] !== MAGIC) return undefined;
  const length = new DataView(data.buffer, data.byteOffset).getUint32(1);
  const start = 1 + LENGTH_BYTES;
  if (length < SALT_BYTES || length > data.length - start) return undefined;
  const server = plainTextOf(data.subarray(start, start + length - SALT_BYTES));
  if (server === undefined) return undefined;
  const rest = data.subarray(start + length);
  const isProtobuf = utf8Of(rest.subarray(0, PROTOBUF.length)) === PROTOBUF;
  const message = isProtobuf ? rest.subarray(PROTOBUF.length) : rest;
  const fields = isProtobuf ? protobufFields(message) : undefined;
  return formatOf(
    'hbase',
    isProtobuf ? "HBase: magic, a server's name, then protobuf" : "HBase: magic, a server's name, then bytes",
    [
      ['written by', server],
      ...(fields ?? []).map((field) => [`field ${field.number}`, textOf(field)] as const),
      ['bytes', fields === undefined && message.length > 0 ? hexOf(message, MOST_HEX_BYTES) : undefined],
    ],
  );
};

function textOf(field: ProtobufField): string {
  if (field.kind === 'number') return String(field.value);
  const inner = protobufFields(field.value);
  return serverName(inner) ?? plainTextOf(field.value) ?? hexOf(field.value, MOST_HEX_BYTES);
}

/** `host,port,start code`, as HBase writes it everywhere else. */
function serverName(fields: readonly ProtobufField[] | undefined): string | undefined {
  const [host, port, startCode] = fields ?? [];
  if (host?.number !== 1 || host.kind !== 'bytes' || port?.number !== 2 || port.kind !== 'number')
    return undefined;
  const name = plainTextOf(host.value);
  if (name === undefined || startCode?.number !== 3 || startCode.kind !== 'number') return undefined;
  return `${name},${port.value},${startCode.value}`;
}
