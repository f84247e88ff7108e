/** undefined: it is no UTF-8. */
export function utf8Of(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** undefined: it is no text that a person would have written, for it has control characters. */
export function plainTextOf(data: Uint8Array): string | undefined {
  const text = utf8Of(data);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text === undefined || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? undefined : text;
}

export function hexOf(data: Uint8Array, most: number): string {
  const told = Array.from(data.subarray(0, most), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return data.length > most ? `${told} …` : told;
}
