// Says whether the member answers. Asks it now and then where a view does not.

import { byId, say } from './dom.js';
import { clockTime } from './format.js';

/** After this long without a question the member is asked whether it is there. */
const QUIET_MS = 5000;

/** @param {'live' | 'lost' | 'wait' | 'paused'} state @param {string} text */
export function showLink(state, text) {
  byId('live').dataset.state = state;
  say('live-text', text);
  byId('main').classList.toggle('stale', state === 'lost');
}

/** @returns {{answered(problem: string | undefined): void, keepAsking(ask: () => Promise<unknown>): void}} */
export function liveState() {
  let answeredMs = Number.NEGATIVE_INFINITY;
  /** @type {number | undefined} */
  let lostSinceMs;
  return {
    answered(problem) {
      answeredMs = performance.now();
      if (problem === undefined) {
        lostSinceMs = undefined;
        return showLink('live', 'live');
      }
      lostSinceMs ??= Date.now();
      showLink('lost', `no answer since ${clockTime(lostSinceMs, Date.now())}`);
    },
    keepAsking(ask) {
      setInterval(() => {
        if (document.visibilityState !== 'visible') return showLink('paused', 'paused');
        // What is wrong was told when the question failed.
        if (performance.now() - answeredMs >= QUIET_MS) ask().catch(() => {});
      }, 1000);
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') ask().catch(() => {});
      });
    },
  };
}
