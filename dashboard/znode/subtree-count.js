// Has the member count a subtree, and says what it counted.

import { bytes } from '../shell/format.js';
import { urlPath } from './node-path.js';
import { counted } from './stat-words.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').SubtreeLine} SubtreeLine */
/** @typedef {Extract<SubtreeLine, {end: true}>} SubtreeCount */

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(looked: number) => void} onProgress
 * @returns {Promise<SubtreeCount>}
 */
export async function countSubtree(shell, path, signal, onProgress) {
  const lines = /** @type {AsyncIterable<SubtreeLine>} */ (
    shell.streamLines(`/window/subtree${urlPath(path)}`, { signal })
  );
  for await (const line of lines) {
    if ('end' in line) return line;
    onProgress(line.looked);
  }
  throw new Error('the count has no end');
}

/** @param {SubtreeCount} count @returns {string} */
export function countWords({ nodes, bytes: size, ephemerals, depth, unreadable }) {
  const parts = [counted(nodes, 'node'), `${bytes(size)} of values`];
  if (ephemerals > 0) parts.push(`${counted(ephemerals, 'of them', 'of them')} ephemeral`);
  if (depth > 0) parts.push(`${counted(depth, 'level')} deep`);
  const hidden = unreadable === 0 ? '' : `; the children of ${counted(unreadable, 'node')} may not be read`;
  return `${parts.join(', ')}${hidden}.`;
}
