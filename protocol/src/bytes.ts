/**
 * The one place where bytes become text and back. Everything else works on `Uint8Array` and ranges in it.
 *
 * Buffer's own routines are several times faster than TextDecoder on short text, and work on any Uint8Array; they are
 * declared here by hand so that the pure folders compile without Node's types.
 */
interface BufferPrototype {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
  copy(this: Uint8Array, target: Uint8Array, targetStart: number, start: number, end: number): number;
}
declare const Buffer: {
  readonly prototype: BufferPrototype;
  byteLength(text: string): number;
  allocUnsafeSlow(size: number): { readonly buffer: ArrayBuffer };
};

declare const TextDecoder: new (
  encoding: 'utf-8',
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const { utf8Slice, latin1Slice, utf8Write, copy } = Buffer.prototype;

/** Below this a loop beats the call into native code (measured on Node 26). */
const LOOP_COPY_BYTES = 24;

export const NO_BYTES = new Uint8Array(0);

/**
 * Memory of undefined content, to be overwritten by the caller. Never from a shared pool, and never a Buffer, whose `slice` does
 * not copy.
 */
export function allocateBytes(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** A copy of `source[start, end)`, whatever `source` is: what a socket hands out is a Buffer, and `Buffer.slice` aliases. */
export function copyRange(source: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copied = allocateBytes(end - start);
  copyBytes(copied, 0, source, start, end);
  return copied;
}

/** Decodes UTF-8; malformed parts become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return utf8Slice.call(bytes, start, end);
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 to the last character, a byte order mark included. Throws TypeError where it is malformed. */
export function decodeStrictUtf8(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes);
}

/** One character for each byte. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

export function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = allocateBytes(utf8Length(text));
  utf8Write.call(bytes, text, 0, bytes.length);
  return bytes;
}

/** Writes `text` at `offset`, which must leave room for it, and returns the bytes written. */
export function writeUtf8(target: Uint8Array, offset: number, text: string): number {
  return utf8Write.call(target, text, offset, target.length - offset);
}

/** Copies `source[start, end)` to `target` at `offset`, which must leave room for it. */
export function copyBytes(
  target: Uint8Array,
  offset: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  if (end - start <= LOOP_COPY_BYTES) {
    for (let from = start, to = offset; from < end; from++, to++) target[to] = source[from]!;
  } else {
    copy.call(source, target, offset, start, end);
  }
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = allocateBytes(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two ranges of the same length hold the same bytes. */
export function equalBytes(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}
