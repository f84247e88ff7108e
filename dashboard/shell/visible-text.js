// Names and values come from anybody. What would not be seen, or would turn the text around it, is shown as a sign.

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** @param {string} sign */
function shown(sign) {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `\u27e8${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}

/**
 * Of one line: control characters as their pictures (`␊`), marks of direction and of no width as their numbers (`⟨202E⟩`).
 * @param {string} text
 */
export function visible(text) {
  return text.replace(HIDDEN, shown);
}

/**
 * Of many lines: line feeds and tabs stay as they are.
 * @param {string} text
 */
export function visibleLines(text) {
  return text.replace(HIDDEN, (sign) => (sign === '\n' || sign === '\t' ? sign : shown(sign)));
}

const OTHER_BLANKS = /(?! )\p{Zs}/gu;

/**
 * Of a name, which stands alone: blanks at its ends as `␠`, and those of another width as their numbers.
 * @param {string} name
 */
export function visibleName(name) {
  const outer = name.replace(/^ +| +$/g, (blanks) => '\u2420'.repeat(blanks.length));
  return visible(outer.replace(OTHER_BLANKS, shown));
}
