// Which rows of a long list are drawn. All rows are of one height, so that a place among a million costs a division.

/**
 * Browsers let an element be some 17 million pixels high (Firefox) or 33 million (Chromium): rows beyond that could not be scrolled to.
 */
export const MOST_PIXELS = 16_000_000;

/** Rows drawn above and below what is seen, so that a short scroll finds them there. */
const AROUND = 12;

/**
 * @param {{readonly count: number, readonly rowHeight: number, readonly scrollTop: number, readonly height: number}} list
 * @returns {{readonly from: number, readonly to: number}} The rows to draw, `to` excluded.
 */
export function rowsToDraw({ count, rowHeight, scrollTop, height }) {
  const { from, to } = rowsInSight({ count, rowHeight, scrollTop, height });
  return { from: Math.max(0, from - AROUND), to: Math.min(count, to + AROUND) };
}

/**
 * @param {{readonly count: number, readonly rowHeight: number, readonly scrollTop: number, readonly height: number}} list
 * @returns {{readonly from: number, readonly to: number}} The rows that are seen, in part at least.
 */
export function rowsInSight({ count, rowHeight, scrollTop, height }) {
  const from = Math.max(0, Math.min(count, Math.floor(Math.max(0, scrollTop) / rowHeight)));
  const to = Math.max(from, Math.min(count, Math.ceil((Math.max(0, scrollTop) + height) / rowHeight)));
  return { from, to };
}

/**
 * Where to scroll so that a row is seen whole; the same where it is.
 * @param {{readonly row: number, readonly rowHeight: number, readonly scrollTop: number, readonly height: number}} list
 */
export function scrollToShow({ row, rowHeight, scrollTop, height }) {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}
