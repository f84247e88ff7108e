/** One `key=value` of a Java properties file; `line` is where it begins, counted from 1. */
export interface Property {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|(.))/gs,
    (_, hex: string | undefined, one: string | undefined) =>
      hex === undefined ? (ESCAPES[one ?? ''] ?? one ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** An odd number of backslashes at the end joins the next line. */
function continues(line: string): boolean {
  return (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

/** Where the key ends: at the first `=`, `:` or blank that no backslash precedes. */
const KEY = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/s;

/**
 * Reads what java.util.Properties reads: comments by # and !, `=`, `:` or blanks between key and value, continued
 * lines, escapes. Values are trimmed, as ZooKeeper does. A byte order mark is skipped. Every text is valid.
 */
export function parseProperties(text: string): readonly Property[] {
  const properties: Property[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let logical = (lines[index] ?? '').trimStart();
    if (logical === '' || logical.startsWith('#') || logical.startsWith('!')) continue;
    while (continues(logical)) {
      index += 1;
      logical = logical.slice(0, -1) + (lines[index] ?? '').trimStart();
    }
    const [, key = '', value = ''] = KEY.exec(logical) ?? [];
    properties.push({ key: unescaped(key), value: unescaped(value).trim(), line });
  }
  return properties;
}
