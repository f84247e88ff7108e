// JSON as a folded outline, as it is written: nothing is rounded, sorted or dropped.

import { button, html } from '../shell/dom.js';
import { visible } from '../shell/visible-text.js';
import { counted } from '../znode/stat-words.js';
import { entriesOf, isEmpty, wholeOf } from './json-parts.js';

/** Entries that are put into the document at a time. */
const AT_ONCE = 200;
/** Characters of a text; more where somebody asks. */
const MOST_CHARACTERS = 2000;
/** What is longer than this is folded at first, and so is what is deeper. */
const FOLDED_CHARACTERS = 4000;
const FOLDED_DEPTH = 3;
const PREVIEW_CHARACTERS = 80;

/** @typedef {import('./json-parts.js').Part} Part */

/** What somebody folded or unfolded, by the names on the way to it: kept when the value changes. */
/** @typedef {Map<string, boolean>} Folds */

/** @param {string} text @returns {boolean} */
export function isOutline(text) {
  const whole = wholeOf(text);
  return whole !== undefined && (whole.kind === 'object' || whole.kind === 'array');
}

/**
 * @param {string} text Which is JSON.
 * @param {Folds} folds
 */
export function jsonView(text, folds) {
  const whole = wholeOf(text);
  const view = html('div', 'json code');
  if (whole !== undefined) view.append(partView(text, whole, '', 0, folds));
  return view;
}

/** @param {string} text @param {Part} part @param {string} pointer @param {number} depth @param {Folds} folds */
function partView(text, part, pointer, depth, folds) {
  const isContainer = part.kind === 'object' || part.kind === 'array';
  if (!isContainer || isEmpty(text, part))
    return html('div', 'json-line', ...nameOf(part), scalar(text, part));
  const details = html('details', 'json-part');
  const [from, to] = part.kind === 'object' ? ['{', '}'] : ['[', ']'];
  const preview = html('span', 'json-preview', visible(previewOf(text, part)));
  details.append(html('summary', 'json-line', ...nameOf(part), from, preview, html('span', 'json-end', to)));
  const body = html('div', 'json-body');
  let isFilled = false;
  function fill() {
    if (isFilled) return;
    isFilled = true;
    append(body, entriesOf(text, part), text, pointer, depth + 1, folds);
  }
  details.append(body, html('div', 'json-close', to));
  details.open =
    folds.get(pointer) ??
    (depth === 0 || (depth < FOLDED_DEPTH && part.end - part.start < FOLDED_CHARACTERS));
  if (details.open) fill();
  details.addEventListener('toggle', () => {
    folds.set(pointer, details.open);
    if (details.open) fill();
  });
  return details;
}

/** @param {HTMLElement} body @param {Generator<Part, void>} entries @param {string} text @param {string} pointer @param {number} depth @param {Folds} folds */
function append(body, entries, text, pointer, depth, folds) {
  for (let many = 0; many < AT_ONCE; many++) {
    const { done, value } = entries.next();
    if (done || value === undefined) return;
    const name = value.name ?? String(body.childElementCount);
    body.append(partView(text, value, `${pointer}/${name}`, depth, folds));
  }
  const more = button('small', `Show ${AT_ONCE} more`, () => {
    const next = more.previousElementSibling;
    more.remove();
    append(body, entries, text, pointer, depth, folds);
    if (next instanceof HTMLElement) next.scrollIntoView({ block: 'nearest' });
  });
  body.append(more);
}

/** @param {Part} part */
function nameOf({ name }) {
  return name === undefined ? [] : [html('span', 'json-name', visible(JSON.stringify(name))), ': '];
}

/** @param {string} text @param {Part} part */
function scalar(text, part) {
  const length = part.end - part.start;
  const whole = () => visible(text.slice(part.start, part.end));
  if (length <= MOST_CHARACTERS) return html('span', `json-${part.kind}`, whole());
  const value = html(
    'span',
    `json-${part.kind}`,
    visible(text.slice(part.start, part.start + MOST_CHARACTERS)),
  );
  const more = button('small', `Show all ${counted(length, 'character')}`, () => {
    value.textContent = whole();
    more.remove();
  });
  return html('span', '', value, '… ', more);
}

/** @param {string} text @param {Part} part */
function previewOf(text, part) {
  const inside = text.slice(part.start + 1, Math.min(part.end - 1, part.start + 1 + PREVIEW_CHARACTERS));
  return ` ${inside.replace(/\s+/g, ' ').trim()}${part.end - part.start > PREVIEW_CHARACTERS + 2 ? '…' : ''} `;
}
