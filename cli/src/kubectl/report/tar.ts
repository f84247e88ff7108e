const BLOCK = 512;
const MAX_NAME_BYTES = 100;
/** Nobody but who unpacks it reads what is in it. */
const MODE = 0o600;

/** A file in a tar archive (ustar): header, content, and zeros up to the next block. Throws RangeError where the name is too long. */
export function tarEntry(name: string, content: Uint8Array, modifiedMs: number): Buffer {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new RangeError(`${name} is too long a name for tar`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(MODE, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(content.length, 11), 124);
  header.write(octal(Math.floor(modifiedMs / 1000), 11), 136);
  // The sum is taken with blanks in its own place.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

/** Two blocks of zeros. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK);
