// A value as text, and as a hex dump.

import { html } from '../shell/dom.js';
import { virtualList } from '../shell/virtual-list.js';
import { visibleLines } from '../shell/visible-text.js';
import { hexRow, hexRowCount, piecesOf } from '../znode/bytes.js';

/** Characters that a browser lays out in one piece; of a megabyte it lays out what is seen. */
const PIECE = 8192;

/** @param {string} text */
export function textView(text) {
  const view = html('div', 'text code');
  view.tabIndex = 0;
  view.setAttribute('role', 'region');
  view.setAttribute('aria-label', 'The value as text');
  view.append(...piecesOf(text, PIECE).map((piece) => html('pre', 'piece', `${visibleLines(piece)}\n`)));
  return view;
}

const HEX_ROW_HEIGHT = 20;
/** Below this many pixels a row has eight bytes. */
const WIDE = 560;

/** @param {Uint8Array} bytes @param {number} room Pixels from left to right. */
export function hexView(bytes, room) {
  const width = room < WIDE ? 8 : 16;
  const view = html('div', 'hex code');
  view.tabIndex = 0;
  view.setAttribute('role', 'region');
  view.setAttribute('aria-label', 'The value as bytes: offset, bytes in hexadecimal, characters');
  const rows = hexRowCount(bytes.length, width);
  view.style.height = `${Math.min(rows, 24) * HEX_ROW_HEIGHT + 24}px`;
  const list = virtualList(view, {
    rowHeight: HEX_ROW_HEIGHT,
    count: () => rows,
    make: () =>
      html('div', 'hex-row', html('span', 'offset'), html('span', 'bytes'), html('span', 'characters')),
    fill(element, row) {
      const { offset, hex, text } = hexRow(bytes, row, width);
      const [first, second, third] = element.children;
      if (first) first.textContent = offset;
      if (second) second.textContent = hex;
      if (third) third.textContent = text;
    },
  });
  return { element: view, end: list.end };
}
