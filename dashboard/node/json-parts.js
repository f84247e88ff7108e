// JSON as it is written: numbers keep their digits (a 64-bit id is not rounded), names that stand twice stand twice, and only what is unfolded is looked at.

/**
 * @typedef {object} Part A value within a JSON text.
 * @property {'object' | 'array' | 'string' | 'number' | 'literal'} kind
 * @property {string | undefined} name Within an object: its name, read.
 * @property {number} start
 * @property {number} end
 */

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const SCALAR = /[^\s,\]}]+/y;
/** Up to the next sign that tells of depth. */
const TO_SIGN = /[^"[\]{}]*/y;

/** @param {RegExp} pattern Sticky, and one that matches here. @param {string} text @param {number} at */
function endOf(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** @param {string} text @param {number} at Of the bracket. */
function endOfContainer(text, at) {
  let depth = 0;
  for (let here = at; here < text.length; here = endOf(TO_SIGN, text, here)) {
    const sign = text[here];
    if (sign === '"') {
      here = endOf(STRING, text, here);
      continue;
    }
    depth += sign === '[' || sign === '{' ? 1 : -1;
    here++;
    if (depth === 0) return here;
  }
  return text.length;
}

/** @param {string} text @param {number} start @param {string | undefined} name @returns {Part} */
function partAt(text, start, name) {
  const sign = text[start];
  if (sign === '{' || sign === '[')
    return { kind: sign === '{' ? 'object' : 'array', name, start, end: endOfContainer(text, start) };
  if (sign === '"') return { kind: 'string', name, start, end: endOf(STRING, text, start) };
  const isNumber = sign === '-' || (sign !== undefined && sign >= '0' && sign <= '9');
  return { kind: isNumber ? 'number' : 'literal', name, start, end: endOf(SCALAR, text, start) };
}

/**
 * @param {string} text
 * @returns {Part | undefined} undefined where it is no JSON.
 */
export function wholeOf(text) {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return partAt(text, endOf(SPACE, text, 0), undefined);
}

/**
 * The entries of an object or an array, one by one: who wants the first hundred of a million pays for a hundred.
 * @param {string} text Which is JSON.
 * @param {Part} part
 * @returns {Generator<Part, void>}
 */
export function* entriesOf(text, part) {
  if (part.kind !== 'object' && part.kind !== 'array') return;
  let at = endOf(SPACE, text, part.start + 1);
  while (at < part.end - 1) {
    /** @type {string | undefined} */
    let name;
    if (part.kind === 'object') {
      const end = endOf(STRING, text, at);
      name = /** @type {string} */ (JSON.parse(text.slice(at, end)));
      // Behind the colon.
      at = endOf(SPACE, text, endOf(SPACE, text, end) + 1);
    }
    const entry = partAt(text, at, name);
    yield entry;
    // Behind the comma, or at the bracket.
    at = endOf(SPACE, text, entry.end);
    if (text[at] === ',') at = endOf(SPACE, text, at + 1);
  }
}

/** @param {string} text @param {Part} part */
export function isEmpty(text, part) {
  return endOf(SPACE, text, part.start + 1) >= part.end - 1;
}
