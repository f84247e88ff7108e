// What a key does in a tree, as the pattern of ARIA has it.

/** @typedef {import('./tree-model.js').TreeModel} TreeModel */

/**
 * @typedef {{readonly do: 'move', readonly row: number} | {readonly do: 'open' | 'close' | 'show', readonly path: string}} TreeAction
 */

/** Rows that are looked at for a name that begins as typed. */
const MOST_LOOKED_AT = 20_000;

/**
 * @param {string} key As an event has it.
 * @param {TreeModel} model
 * @param {number} row The one that the keys are at.
 * @param {number} page Rows of a page.
 * @returns {TreeAction | undefined} undefined: the key means nothing here.
 */
export function treeAction(key, model, row, page) {
  const last = model.rows - 1;
  /** @param {number} to @returns {TreeAction} */
  const move = (to) => ({ do: 'move', row: Math.max(0, Math.min(last, to)) });
  const at = model.rowAt(Math.min(row, last));
  switch (key) {
    case 'ArrowDown':
      return move(row + 1);
    case 'ArrowUp':
      return move(row - 1);
    case 'Home':
      return move(0);
    case 'End':
      return move(last);
    case 'PageDown':
      return move(row + page);
    case 'PageUp':
      return move(row - page);
    case 'Enter':
    case ' ':
      return at.kind === 'node' ? { do: 'show', path: at.path } : undefined;
    case 'ArrowRight':
      if (at.kind !== 'node' || !mayHaveChildren(at)) return undefined;
      return at.entry?.level === undefined ? { do: 'open', path: at.path } : move(row + 1);
    case 'ArrowLeft':
      if (at.kind === 'node' && at.entry?.level !== undefined && at.path !== '/')
        return { do: 'close', path: at.path };
      return at.level === undefined ? undefined : move(model.indexOf(at.level.path));
    default:
      return undefined;
  }
}

/** @param {import('./tree-model.js').Row} row Not known: it may. */
export function mayHaveChildren({ path, entry }) {
  return path === '/' || (entry !== undefined && (entry.marks ? entry.marks.children > 0 : true));
}

/**
 * @param {TreeModel} model
 * @param {number} row The one that the keys are at.
 * @param {string} typed
 * @returns {number} The next row whose name begins so, from this one on if it does already; -1: none near.
 */
export function rowTyped(model, row, typed) {
  const { rows } = model;
  const wanted = typed.toLowerCase();
  // One sign typed again and again goes on to the next one.
  const first = typed.length === 1 ? 1 : 0;
  for (let step = first; step < Math.min(rows + first, MOST_LOOKED_AT); step++) {
    const index = (row + step) % rows;
    const { kind, entry } = model.rowAt(index);
    if (kind === 'node' && entry?.name.toLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
