// Asks for the children of open levels, a page at a time, as far as they are looked at.

import { explained, Refused } from '../shell/feed.js';
import { urlPath } from '../znode/node-path.js';

/** @typedef {import('./level.js').Level} Level */
/** @typedef {import('./level.js').ChildrenPage} ChildrenPage */

/** As many as the member gives in one answer. */
const PAGE = 1000;
/** Rows beyond those in sight that are asked for before somebody comes to them. */
const AHEAD = 1500;
/** How often a level begins again because its place in the member's tree was lost. */
const MOST_BEGINNINGS = 3;
const BUSY_MS = 1000;
/** In a row, of a member that is busy or does not answer, before the level says so. */
const MOST_FAILURES = 30;

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {import('./tree-model.js').TreeModel} model
 * @param {AbortSignal} signal
 * @param {() => void} onChange
 */
export function childrenFeed(shell, model, signal, onChange) {
  /** What is being asked for. @type {Map<Level, {upTo: number, done: Promise<void>}>} */
  const asked = new Map();

  /** @param {Level} level */
  const isOpen = (level) => model.levelOf(level.path) === level && !signal.aborted;

  /** @param {Level} level @param {() => number} upTo */
  async function load(level, upTo) {
    let beginnings = 0;
    let failures = 0;
    while (isOpen(level) && level.state === 'coming') {
      if (!level.isHeldBack && level.entries.length > 0 && level.entries.length >= upTo()) return;
      const first = `/window/v1/nodes${urlPath(level.path)}?children&stat&limit=${PAGE}`;
      try {
        const page = await shell.call(level.next ?? first, { signal });
        model.take(level, /** @type {ChildrenPage} */ (page));
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        const code = error instanceof Refused ? error.code : '';
        const isPassing = code === 'TOO_MANY_PENDING' || code === 'THROTTLED' || !(error instanceof Refused);
        if (code === 'CURSOR_LOST' && ++beginnings < MOST_BEGINNINGS) model.begin(level);
        else if (isPassing && ++failures < MOST_FAILURES)
          await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
        else {
          level.state = 'refused';
          level.problem = explained(error);
        }
      }
      onChange();
    }
  }

  return {
    /**
     * @param {Level} level
     * @param {number} row Its children up to this one, and some more.
     * @returns {Promise<void>} Never rejects: the level says what was refused.
     */
    want(level, row) {
      const upTo = row + AHEAD;
      const known = asked.get(level);
      if (known !== undefined) {
        known.upTo = Math.max(known.upTo, upTo);
        return known.done;
      }
      if (level.state !== 'coming') return Promise.resolve();
      const one = { upTo, done: Promise.resolve() };
      asked.set(level, one);
      one.done = load(level, () => one.upTo).finally(() => asked.delete(level));
      return one.done;
    },
    /** Has it come anew. @param {Level} level */
    again(level) {
      const row = level.entries.length;
      if (asked.has(level)) return Promise.resolve();
      model.begin(level);
      return this.want(level, Math.min(row, AHEAD));
    },
  };
}
