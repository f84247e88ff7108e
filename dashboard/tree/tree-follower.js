// Keeps what is seen of the tree as it is: one watch, over the lowest node above all that is in sight.

import { follow } from '../znode/follow.js';
import { commonAncestor, isWithin } from '../znode/node-path.js';

/** @typedef {import('../znode/follow.js').Change} Change */

/** Changes are shown together, this often. */
const TOGETHER_MS = 200;
/** More of them at once are not shown one by one: all that is in sight is asked for again. */
const MOST_TOGETHER = 256;
/** After changes were missed, what is in sight is asked for again no more often. */
const AGAIN_MS = 3000;
/** For so long what is in sight has to stay before the watch moves. */
const SETTLED_MS = 400;

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {object} told
 * @param {(changes: readonly Change[]) => void} told.onChanges A few, in their order.
 * @param {() => void} told.onUnknown Anything in sight may have changed.
 * @param {(state: import('../znode/follow.js').WatchState | 'starting', why: string) => void} told.onState
 */
export function treeFollower(shell, { onChanges, onUnknown, onState }) {
  let ending = new AbortController();
  /** @type {string | undefined} */
  let watched;
  /** Nodes that may not be watched: the one that is open is, alone. @type {Set<string>} */
  const refused = new Set();
  let open = '/';
  /** Where it was too much, a narrower watch is better. */
  let isTooWide = false;
  /** @type {Change[]} */
  let gathered = [];
  let isUnknown = false;
  let toldUnknownMs = Number.NEGATIVE_INFINITY;
  /** @type {number | undefined} */
  let flushing;
  /** @type {number | undefined} */
  let moving;

  function flush() {
    flushing = undefined;
    if (!isUnknown) {
      const changes = gathered;
      gathered = [];
      if (changes.length > 0) onChanges(changes);
      return;
    }
    const waitMs = toldUnknownMs + AGAIN_MS - performance.now();
    if (waitMs > 0) {
      flushing = setTimeout(flush, waitMs);
      return;
    }
    isUnknown = false;
    gathered = [];
    toldUnknownMs = performance.now();
    onUnknown();
  }

  /** @param {Change} change */
  function take(change) {
    if (change.what === 'resumed') return;
    if (change.what === 'missed') isTooWide = true;
    if (change.what === 'missed' || change.what === 'start') isUnknown = true;
    else if (gathered.length < MOST_TOGETHER) gathered.push(change);
    else isUnknown = true;
    flushing ??= setTimeout(flush, TOGETHER_MS);
  }

  /** @param {string} path */
  function begin(path) {
    ending.abort();
    ending = new AbortController();
    watched = path;
    isTooWide = false;
    onState('starting', '');
    follow(shell, path, {
      isRecursive: true,
      signal: ending.signal,
      onChange: take,
      onState(state, why) {
        if (state === 'refused') refused.add(path);
        if (state === 'refused' && !refused.has(open)) begin(open);
        else onState(state, why);
      },
    });
  }

  return {
    /** @param {string} openPath @param {readonly string[]} levels The nodes whose children are in sight. */
    see(openPath, levels) {
      open = openPath;
      clearTimeout(moving);
      moving = setTimeout(
        () => {
          const common = commonAncestor([openPath, ...levels]);
          const wanted = refused.has(common) ? openPath : common;
          if (watched === undefined || !isWithin(wanted, watched) || (isTooWide && wanted !== watched))
            begin(wanted);
        },
        watched === undefined ? 0 : SETTLED_MS,
      );
    },
    end() {
      ending.abort();
      clearTimeout(moving);
      clearTimeout(flushing);
    },
  };
}
