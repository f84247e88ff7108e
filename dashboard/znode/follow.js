// A watch that goes on: taken up again where it broke off, for as long as somebody looks.

import { explained, Refused } from '../shell/feed.js';
import { urlPath } from './node-path.js';

const AGAIN_MS = 2000;
const MOST_AGAIN_MS = 30_000;

/**
 * @typedef {object} Change The data of an event, with its name.
 * @property {'start' | 'created' | 'changed' | 'deleted' | 'children' | 'missed' | 'resumed'} what
 * @property {string} path
 * @property {number} [zxid]
 * @property {number} [fromZxid]
 * @property {number} [toZxid]
 * @property {unknown} [node]
 *
 * @typedef {'watching' | 'broken off' | 'refused'} WatchState
 */

const KNOWN = new Set(['start', 'created', 'changed', 'deleted', 'children', 'missed', 'resumed']);

/** @param {unknown} error Whether it makes no sense to ask again. */
function isFinal(error) {
  return error instanceof Refused && error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
    function over() {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    }
  });
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {string} path
 * @param {object} how
 * @param {boolean} how.isRecursive
 * @param {AbortSignal} how.signal Ends it.
 * @param {(change: Change) => void} how.onChange
 * @param {(state: WatchState, why: string) => void} how.onState
 * @returns {Promise<void>} Settles when it is over: by the signal, or because it is refused.
 */
export async function follow(shell, path, { isRecursive, signal, onChange, onState }) {
  const address = `/window/v1/watch${urlPath(path)}${isRecursive ? '?recursive' : ''}`;
  let lastId = '';
  let againMs = AGAIN_MS;
  while (!signal.aborted) {
    let why = 'The member ended the watch.';
    try {
      /** @type {Record<string, string>} */
      const headers = lastId === '' ? {} : { 'last-event-id': lastId };
      for await (const { event, data, id } of shell.streamEvents(address, { headers, signal })) {
        if (id !== '') lastId = id;
        const told = JSON.parse(data);
        if (event === 'closed') {
          why = explained(new Refused(told.code, told.message, ''));
          break;
        }
        againMs = AGAIN_MS;
        onState('watching', '');
        if (KNOWN.has(event)) onChange({ ...told, what: event });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) return onState('refused', explained(error));
      why = explained(error);
    }
    if (signal.aborted) return;
    onState('broken off', why);
    await pause(againMs, signal);
    againMs = Math.min(2 * againMs, MOST_AGAIN_MS);
  }
}
