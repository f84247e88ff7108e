import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The files of `golden/<name>.json`: of each the bytes in hex without the zeros at its end, and its length. */
export function readGolden(name: string): Map<string, Uint8Array> {
  const text = readFileSync(path.join(import.meta.dirname, 'golden', `${name}.json`), 'utf8');
  return new Map(
    Object.entries(JSON.parse(text) as Record<string, string>).map(([file, hex]) => [file, parse(hex)]),
  );
}

function parse(text: string): Uint8Array {
  const [hex, length] = text.split('…');
  const bytes = new Uint8Array(Number(length));
  bytes.set(Buffer.from(hex!, 'hex'));
  return bytes;
}
