/** UTF-8 by hand: the language itself has no encoder, and the core has neither Node's nor the browser's types. */

const REPLACEMENT = 0xfffd;

/** Appends the bytes of `text`; a lone surrogate becomes U+FFFD. */
export function writeUtf8(out: number[], text: string): void {
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    const code = point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 0x3f),
        0x80 | ((code >> 6) & 0x3f),
        0x80 | (code & 0x3f),
      );
  }
}

/** Smallest code point that may take so many continuation bytes. */
const leastOfLength: readonly number[] = [0, 0x80, 0x800, 0x10000];

/** undefined where the bytes of [from, to) are no well-formed UTF-8. */
export function readUtf8(data: Uint8Array, from: number, to: number): string | undefined {
  let text = '';
  let at = from;
  while (at < to) {
    const first = data[at] as number;
    const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : -1;
    if (more < 0 || at + more >= to) return undefined;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let i = 1; i <= more; i += 1) {
      const next = data[at + i] as number;
      if (next >> 6 !== 2) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    if (code < (leastOfLength[more] as number) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      return undefined;
    text += String.fromCodePoint(code);
    at += more + 1;
  }
  return text;
}
