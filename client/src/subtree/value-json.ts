/** A value for programs: `text` where it is UTF-8, else `base64`. */
export type ValueJson = { readonly text: string } | { readonly base64: string };

export function valueJson(data: Buffer): ValueJson {
  const text = textOf(data);
  return text === undefined ? { base64: data.toString('base64') } : { text };
}

function textOf(data: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}
