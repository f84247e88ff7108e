// A difference as it is read: lines that go and lines that come, with a little of what stays.

import { html } from '../shell/dom.js';
import { visible } from '../shell/visible-text.js';
import { counted } from '../znode/stat-words.js';
import { differences, diffLines, folded, linesOf } from './line-diff.js';

const AROUND = 3;
/** Lines that are drawn, and characters of each. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 1000;

const SIGNS = { same: ' ', removed: '−', added: '+' };
const SAID = { same: '', removed: 'removed: ', added: 'added: ' };

/** @param {import('./line-diff.js').FoldedLine} line */
function lineView(line) {
  if (line.kind === 'left-out')
    return html('div', 'diff-line left-out', `… ${counted(line.lines, 'line')} as before`);
  const sign = html('span', 'diff-sign', SIGNS[line.kind]);
  sign.setAttribute('aria-hidden', 'true');
  const cut = line.line.length > MOST_CHARACTERS ? '…' : '';
  return html(
    'div',
    `diff-line ${line.kind}`,
    sign,
    html('span', 'hidden', SAID[line.kind]),
    html('span', 'diff-text', visible(line.line.slice(0, MOST_CHARACTERS)) + cut),
  );
}

/**
 * @param {string} before
 * @param {string} after
 * @param {string} name Of what differs, for those who listen.
 */
export function diffView(before, after, name) {
  const lines = diffLines(linesOf(before), linesOf(after));
  const { added, removed } = differences(lines);
  const shown = folded(lines, AROUND);
  const view = html('div', 'diff code', ...shown.slice(0, MOST_LINES).map(lineView));
  view.tabIndex = 0;
  view.setAttribute('role', 'region');
  view.setAttribute('aria-label', name);
  if (shown.length > MOST_LINES)
    view.append(
      html('div', 'diff-line left-out', `… and ${counted(shown.length - MOST_LINES, 'more line')}`),
    );
  const words =
    added + removed === 0
      ? 'Nothing differs.'
      : `${counted(removed, 'line')} less, ${counted(added, 'line')} more.`;
  return html('div', 'diff-box', html('p', 'quiet small', words), view);
}

/** @param {Uint8Array} before @param {Uint8Array} after @returns {string} */
export function bytesWords(before, after) {
  const first = before.findIndex((byte, at) => byte !== after[at]);
  const at = first < 0 ? before.length : first;
  if (first < 0 && before.length === after.length) return 'Nothing differs.';
  return `${counted(before.length, 'byte')} become ${counted(after.length, 'byte')}; the first that differs is at 0x${at.toString(16)}.`;
}
