// A list of which only what is seen is in the document, however long it is.

import { html } from '../shell/dom.js';
import { rowsInSight, rowsToDraw, scrollToShow } from './row-window.js';

/** After this long without a scroll a list rests. */
const SETTLED_MS = 200;

/**
 * @typedef {object} VirtualList
 * @property {() => void} refresh Draws anew, with the next frame: rows, or what is in them, have changed.
 * @property {(row: number) => void} show Scrolls so that it is seen; it is drawn when this returns.
 * @property {() => {readonly from: number, readonly to: number}} inSight
 * @property {() => void} end
 */

/**
 * @param {HTMLElement} scroller Empty, with a height of its own.
 * @param {object} rows
 * @param {number} rows.rowHeight In pixels, of every row.
 * @param {() => number} rows.count
 * @param {() => HTMLElement} rows.make An element that stands for one row after the other.
 * @param {(element: HTMLElement, row: number) => void} rows.fill
 * @param {() => void} [rows.onDrawn]
 * @returns {VirtualList}
 */
export function virtualList(scroller, { rowHeight, count, make, fill, onDrawn }) {
  const canvas = html('div', 'virtual-rows');
  canvas.setAttribute('role', 'none');
  scroller.classList.add('virtual-list');
  scroller.replaceChildren(canvas);
  /** By the row that they stand for. @type {Map<number, HTMLElement>} */
  const drawn = new Map();
  /** @type {HTMLElement[]} */
  const spare = [];
  let frame = 0;
  /** @type {number | undefined} */
  let ordering;
  let isStale = true;
  let height = -1;

  const seen = () => ({
    count: count(),
    rowHeight,
    scrollTop: scroller.scrollTop,
    height: scroller.clientHeight,
  });

  function draw() {
    frame = 0;
    const all = count() * rowHeight;
    if (all !== height) canvas.style.height = `${all}px`;
    height = all;
    const { from, to } = rowsToDraw(seen());
    for (const [row, element] of drawn) {
      if (row >= from && row < to) continue;
      drawn.delete(row);
      spare.push(element);
    }
    for (let row = from; row < to; row++) {
      const known = drawn.get(row);
      if (known !== undefined && !isStale) continue;
      const element = known ?? spare.pop() ?? make();
      fill(element, row);
      if (known !== undefined) continue;
      element.style.transform = `translateY(${row * rowHeight}px)`;
      drawn.set(row, element);
      if (element.parentNode !== canvas) canvas.append(element);
    }
    for (const element of spare) element.remove();
    isStale = false;
    clearTimeout(ordering);
    ordering = setTimeout(order, SETTLED_MS);
    onDrawn?.();
  }

  /** While a list is scrolled, elements stand in the document as they come; once it rests, in the order in which they are read. */
  function order() {
    const rows = [...drawn.keys()].sort((one, other) => one - other);
    for (const [at, row] of rows.entries()) {
      const element = drawn.get(row);
      const there = canvas.children[at] ?? null;
      // What has the focus would lose it.
      if (element === undefined || element === there || element.contains(document.activeElement)) continue;
      canvas.insertBefore(element, there);
    }
  }

  function soon() {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  const sizes = new ResizeObserver(soon);
  sizes.observe(scroller);
  scroller.addEventListener('scroll', soon, { passive: true });
  soon();
  return {
    refresh() {
      isStale = true;
      soon();
    },
    show(row) {
      const to = scrollToShow({ ...seen(), row });
      canvas.style.height = `${count() * rowHeight}px`;
      if (to !== scroller.scrollTop) scroller.scrollTop = to;
      isStale = true;
      cancelAnimationFrame(frame);
      draw();
    },
    inSight: () => rowsInSight(seen()),
    end() {
      cancelAnimationFrame(frame);
      clearTimeout(ordering);
      sizes.disconnect();
      scroller.removeEventListener('scroll', soon);
    },
  };
}
