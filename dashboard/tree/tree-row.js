// One row of the tree.

import { html, say } from '../shell/dom.js';
import { bytes } from '../shell/format.js';
import { hashOf } from '../shell/router.js';
import { visible, visibleName } from '../shell/visible-text.js';
import { nameOf } from '../znode/node-path.js';
import { mayHaveChildren } from './tree-keys.js';

const WHOLE = new Intl.NumberFormat('en');
/** Of indentation; a deeper node stands no further to the right. */
const DEEPEST = 16;

/** @typedef {import('./tree-model.js').Row} Row */

/**
 * The parts of a row, made once and filled for one node after the other.
 * @typedef {HTMLElement & {readonly parts: ReturnType<typeof partsOf>}} RowElement
 */

function partsOf() {
  const twist = html('span', 'twist');
  twist.setAttribute('aria-hidden', 'true');
  const owner = html('a', 'owner');
  // The node's page has the same link; here it would be one more stop of the Tab key in each row.
  owner.tabIndex = -1;
  return { twist, name: html('span', 'row-name'), owner, facts: html('span', 'row-facts') };
}

/** @returns {RowElement} */
export function makeRow() {
  const parts = partsOf();
  const element = html('div', 'row', parts.twist, parts.name, parts.owner, parts.facts);
  element.setAttribute('role', 'treeitem');
  return Object.assign(element, { parts });
}

/** @param {import('./level.js').Marks | null | undefined} marks */
function factsOf(marks) {
  if (marks === null) return 'may not be read';
  if (marks === undefined) return '';
  const children = marks.children === 0 ? '' : WHOLE.format(marks.children);
  return [children, marks.bytes === 0 ? '' : bytes(marks.bytes)].filter((text) => text !== '').join(' · ');
}

/** @param {Row} row What stands where nodes do not. */
function saidOf({ kind, level, at }) {
  if (level === undefined) return '';
  if (kind === 'waiting') return at === 0 ? 'loading…' : '…';
  if (level.state === 'refused') return level.problem;
  return `${WHOLE.format(level.total)} are here, ${WHOLE.format(level.entries.length)} are held: search to find others`;
}

/**
 * @param {RowElement} element
 * @param {Row} row
 * @param {{readonly isActive: boolean, readonly isShown: boolean, readonly isTouched: boolean}} state
 */
export function fillRow(element, row, { isActive, isShown, isTouched }) {
  const { parts } = element;
  const isNode = row.kind === 'node';
  const marks = row.entry?.marks;
  const hasChildren = isNode && mayHaveChildren(row);
  const isOpen = row.entry?.level !== undefined;
  element.className = `row ${row.kind}${isActive ? ' active' : ''}${isShown ? ' shown' : ''}${isTouched ? ' touched' : ''}`;
  element.style.setProperty('--depth', String(Math.min(row.depth, DEEPEST)));
  element.dataset.path = isNode ? row.path : '';
  element.setAttribute('aria-level', String(row.depth + 1));
  element.setAttribute('aria-setsize', String(row.level?.rows ?? 1));
  element.setAttribute('aria-posinset', String(row.at + 1));
  element.setAttribute('aria-selected', String(isShown));
  if (hasChildren) element.setAttribute('aria-expanded', String(isOpen));
  else element.removeAttribute('aria-expanded');
  say(parts.twist, hasChildren ? (isOpen ? '▾' : '▸') : '');
  say(parts.name, isNode ? visibleName(nameOf(row.path)) : saidOf(row));
  parts.name.title = isNode ? visible(row.path) : '';
  const owner = marks?.owner ?? null;
  parts.owner.hidden = owner === null;
  say(parts.owner, owner === null ? '' : 'ephemeral');
  if (owner !== null) {
    parts.owner.href = hashOf('sessions', `/${owner}`);
    parts.owner.title = `goes with session ${owner}`;
  } else parts.owner.removeAttribute('href');
  say(parts.facts, isNode ? factsOf(marks) : '');
  parts.facts.title = marks
    ? `${WHOLE.format(marks.children)} children, ${WHOLE.format(marks.bytes)} bytes`
    : '';
}
