// A value as bytes: out of base64, and as rows of a hex dump.

/** @param {string} base64 As the member sends it, padded. */
export function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** As many bytes become text at once as a call has room for arguments. */
const AT_ONCE = 0x8000;

/** @param {Uint8Array} bytes @returns {string} Padded. */
export function base64Of(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  return btoa(text);
}

/** @param {string} text */
export function utf8Of(text) {
  return new TextEncoder().encode(text);
}

/** @param {Uint8Array} bytes @returns {string | undefined} undefined where they are no UTF-8. */
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * @typedef {object} HexRow
 * @property {string} offset Of its first byte, eight digits.
 * @property {string} hex The bytes, with a wider gap in the middle.
 * @property {string} text What is ASCII of them; a dot for each other one.
 *
 * @param {Uint8Array} bytes
 * @param {number} row
 * @param {number} width Bytes in a row.
 * @returns {HexRow}
 */
export function hexRow(bytes, row, width) {
  const start = row * width;
  const part = bytes.subarray(start, start + width);
  let hex = '';
  let text = '';
  for (const [at, byte] of part.entries()) {
    hex += `${at === 0 ? '' : at === width / 2 ? '  ' : ' '}${HEX[byte]}`;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
  }
  return { offset: start.toString(16).padStart(8, '0'), hex, text };
}

/** @param {number} length @param {number} width */
export function hexRowCount(length, width) {
  return Math.ceil(length / width);
}

/**
 * A text in pieces that a browser lays out one by one: at line feeds where there are some, in the middle of a line that has none for long.
 * @param {string} text
 * @param {number} most Characters of a piece; two at least.
 * @returns {string[]} Together the text; the line feed between two pieces is left out where they were parted there.
 */
export function piecesOf(text, most) {
  const pieces = [];
  let start = 0;
  while (text.length - start > most) {
    const feed = text.lastIndexOf('\n', start + most);
    let end = feed > start ? feed : start + most;
    // A pair of surrogates is one character.
    if (end !== feed && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end--;
    pieces.push(text.slice(start, end));
    start = end === feed ? end + 1 : end;
  }
  pieces.push(text.slice(start));
  return pieces;
}
