// How many nodes and bytes there are below a node: counted by the member when somebody asks.

import { button, html, say } from '../shell/dom.js';
import { explained } from '../shell/feed.js';
import { bytes } from '../shell/format.js';
import { urlPath } from '../tree/node-path.js';
import { section } from './section.js';
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
  /** @type {AsyncIterable<SubtreeLine>} */
  const lines = shell.streamLines(`/window/subtree${urlPath(path)}`, { signal });
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

/** @param {import('../shell/shell.js').Shell} shell @param {() => string} pathOf */
export function belowSection(shell, pathOf) {
  const { element, tools, body } = section('node-below', 'With all below it');
  let ending = new AbortController();
  const said = html('p', 'quiet', 'Not counted yet.');
  said.id = 'subtree-count';
  said.setAttribute('role', 'status');
  body.append(said);
  const stop = button('small', 'Stop', () => ending.abort());
  stop.id = 'subtree-stop';
  stop.hidden = true;
  const start = button('small', 'Count', count);
  start.id = 'subtree-start';
  tools.append(start, stop);

  async function count() {
    ending.abort();
    const own = new AbortController();
    ending = own;
    stop.hidden = false;
    say(said, 'Counting…');
    try {
      const counts = await countSubtree(shell, pathOf(), own.signal, (looked) =>
        say(said, `Counting: ${counted(looked, 'node')} so far`),
      );
      say(said, countWords(counts));
    } catch (error) {
      say(said, own.signal.aborted ? 'Not counted to the end.' : explained(error));
    }
    if (ending === own) stop.hidden = true;
  }
  return {
    element,
    tools,
    body,
    /** Another node is shown. */
    reset() {
      ending.abort();
      stop.hidden = true;
      say(said, 'Not counted yet.');
    },
    end: () => ending.abort(),
  };
}
