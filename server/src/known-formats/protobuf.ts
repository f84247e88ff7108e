/** A field of a message in protobuf's wire format. */
export type ProtobufField = { readonly number: number } & (
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
);

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const MOST_FIELDS = 1_000;
/** Of a number of 64 bits. */
const MOST_VARINT_BYTES = 10;

/** The fields of a message in their order; undefined where the bytes are none, as a whole. */
export function protobufFields(data: Uint8Array): ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  for (let at = 0; at < data.length; ) {
    const tag = varintAt(data, at);
    if (tag === undefined || fields.length >= MOST_FIELDS) return undefined;
    const field = fieldAt(data, tag.end, Number(tag.value >> 3n), Number(tag.value & 7n));
    if (field === undefined) return undefined;
    fields.push(field.field);
    at = field.end;
  }
  return fields;
}

function fieldAt(
  data: Uint8Array,
  at: number,
  number: number,
  wire: number,
): { readonly field: ProtobufField; readonly end: number } | undefined {
  if (number < 1 || number >= 2 ** 29) return undefined;
  switch (wire) {
    case WIRE.varint: {
      const varint = varintAt(data, at);
      return varint && { field: { number, kind: 'number', value: varint.value }, end: varint.end };
    }
    case WIRE.fixed64:
    case WIRE.fixed32: {
      const end = at + (wire === WIRE.fixed64 ? 8 : 4);
      if (end > data.length) return undefined;
      return { field: { number, kind: 'number', value: fixed(data.subarray(at, end)) }, end };
    }
    case WIRE.bytes: {
      const length = varintAt(data, at);
      if (length === undefined || length.value > BigInt(data.length - length.end)) return undefined;
      const end = length.end + Number(length.value);
      return { field: { number, kind: 'bytes', value: data.subarray(length.end, end) }, end };
    }
    default:
      return undefined;
  }
}

function varintAt(
  data: Uint8Array,
  start: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let at = start; at < Math.min(data.length, start + MOST_VARINT_BYTES); at++) {
    const byte = data[at]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + 1 };
  }
  return undefined;
}

/** The lowest byte first. */
function fixed(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
