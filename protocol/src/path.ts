/**
 * Paths, as UTF-8 in a range of bytes. The rules are those of ZooKeeper's PathUtils.validatePath, which looks at UTF-16
 * code units: so every character beyond U+FFFF is refused (a surrogate), and so is malformed UTF-8 (it decodes to
 * U+FFFD, which is in a refused range).
 */
const SLASH = 0x2f;
const DOT = 0x2e;

/** Where in a path's bytes the last slash is; -1 if there is none. */
export function lastSlash(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === SLASH) return at;
  return -1;
}

/** End of the parent's path: the root's one slash is kept. `slash` is where the path's last slash is. */
export function parentEnd(start: number, slash: number): number {
  return slash === start ? start + 1 : slash;
}

/**
 * Whether these bytes are an absolute, normal path. With `sequential` the name that gets a number appended may be empty,
 * `.` or `..`: `/a/` is then valid.
 */
export function isValidPath(bytes: Uint8Array, start: number, end: number, sequential = false): boolean {
  if (end <= start || bytes[start] !== SLASH) return false;
  if (end === start + 1) return true;
  let name = start + 1;
  let at = start + 1;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === SLASH) {
      if (!isValidName(bytes, name, at)) return false;
      name = at + 1;
      at++;
    } else if (byte < 0x80) {
      if (byte < 0x20 || byte === 0x7f) return false;
      at++;
    } else {
      const length = validCharacterLength(bytes, at, end);
      if (length === 0) return false;
      at += length;
    }
  }
  return sequential || isValidName(bytes, name, end);
}

/** Where ZooKeeper takes a path as it comes, it still refuses U+0000 in some operations. */
export function hasNul(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 0) return true;
  return false;
}

function isValidName(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return false;
  if (bytes[start] !== DOT || length > 2) return true;
  return length === 2 && bytes[start + 1] !== DOT;
}

/** Bytes of the multi-byte character at `at`; 0 where it is malformed or not allowed in a path. */
function validCharacterLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first >= 0xc2 && first <= 0xdf) {
    if (at + 1 >= end || !isContinuation(bytes[at + 1]!)) return 0;
    const code = ((first & 0x1f) << 6) | (bytes[at + 1]! & 0x3f);
    return code <= 0x9f ? 0 : 2;
  }
  if (first >= 0xe0 && first <= 0xef) {
    if (at + 2 >= end || !isContinuation(bytes[at + 1]!) || !isContinuation(bytes[at + 2]!)) return 0;
    const code = ((first & 0xf) << 12) | ((bytes[at + 1]! & 0x3f) << 6) | (bytes[at + 2]! & 0x3f);
    if (code < 0x800) return 0;
    return (code >= 0xd800 && code <= 0xf8ff) || code >= 0xfff0 ? 0 : 3;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
