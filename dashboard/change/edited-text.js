// What a text area can hold of a value. It knows line feeds alone, so line ends are kept beside it.

/**
 * @typedef {object} Editable
 * @property {string} text With line feeds.
 * @property {'\n' | '\r\n'} lineEnd
 */

/**
 * @param {string} text
 * @returns {Editable | undefined} undefined where it would not come out as it went in.
 */
export function editable(text) {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.replaceAll('\r\n', '\n');
  // One kind of line ends, and nothing that a text area drops.
  if (lines.includes('\r') || lines.includes('\0')) return undefined;
  return written({ text: lines, lineEnd }) === text ? { text: lines, lineEnd } : undefined;
}

/** @param {Editable} edited @returns {string} The value. */
export function written({ text, lineEnd }) {
  return lineEnd === '\n' ? text : text.replaceAll('\n', lineEnd);
}
