/** Shorter values stand anywhere by chance, and are no secrets. */
export const MIN_SECRET_BYTES = 6;
/** Letters of base64 that belong to what stands before the value in its first three bytes, by how many bytes of them do. */
const FOREIGN_LETTERS = [0, 2, 3] as const;

/**
 * Each spelling in which programs give a value away: as it is, escaped for JSON (once and twice) or for an address, in hexadecimal digits, in base64 wherever in
 * a longer text it stands, and byte by byte. As latin1, so that they are found among bytes of any kind.
 */
export function spellingsOf(value: Uint8Array): ReadonlySet<string> {
  const bytes = Buffer.from(value);
  const found = new Set([bytes.toString('latin1')]);
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) {
    const escaped = JSON.stringify(text).slice(1, -1);
    for (const each of [
      escaped,
      JSON.stringify(escaped).slice(1, -1),
      encodeURIComponent(text),
      encodeURI(text),
    ])
      found.add(Buffer.from(each).toString('latin1'));
  }
  const hex = bytes.toString('hex');
  found.add(hex).add(hex.toUpperCase());
  for (const [before, foreign] of FOREIGN_LETTERS.entries()) {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    // What follows shares the last letter with the value, unless it ends with it.
    const own = shifted.toString('base64').slice(foreign, Math.floor((shifted.length * 8) / 6));
    found.add(own).add(own.replaceAll('+', '-').replaceAll('/', '_'));
  }
  const list = [...bytes];
  found.add(list.join(',')).add(list.join(', ')).add(list.join(' '));
  found.add(list.map((byte, i) => `"${i}":${byte}`).join(','));
  return found;
}
