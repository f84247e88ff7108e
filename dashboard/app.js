// Asks once a second while somebody looks, and shows the answers.

import { forgetToken, hasToken, keepToken, Refused, readMembers, transferLeadership } from './feed.js';
import { perSecond } from './model.js';
import { byId, render, showLink } from './view.js';

const PERIOD_MS = 1000;
/** Two minutes and the point where they begin. */
const CAPACITY = 121;

/** @typedef {import('./model.js').Sample} Sample */

/** @type {Sample | undefined} */
let before;
/** @type {import('./drawing.js').Point[]} */
const points = [];
/** @type {Date | undefined} */
let lostSince;

/** @param {Sample} now */
function remember(now) {
  const reads = perSecond(before, now, ({ metrics }) => metrics.readsTotal);
  const writes = perSecond(before, now, ({ metrics }) => metrics.writesTotal);
  if (reads === undefined || writes === undefined) return;
  points.push({ reads, writes });
  if (points.length > CAPACITY) points.shift();
}

/** @returns {Promise<void>} Settles once a token was given. */
function askToken() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('token-dialog'));
  const input = /** @type {HTMLInputElement} */ (byId('token'));
  byId('token-problem').textContent = hasToken() ? 'That is not the token of this member.' : '';
  forgetToken();
  input.value = '';
  showLink('wait', 'needs a token');
  dialog.showModal();
  return new Promise((resolve) => {
    byId('token-form').addEventListener(
      'submit',
      () => {
        keepToken(input.value.trim());
        resolve();
      },
      { once: true },
    );
  });
}

/** @param {number} serverId */
function askHandOver(serverId) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('leader-dialog'));
  const problem = byId('leader-problem');
  const confirm = /** @type {HTMLButtonElement} */ (byId('leader-confirm'));
  problem.textContent = '';
  byId('leader-question').textContent =
    `Member ${serverId} becomes the leader. Clients stay connected; writes wait for a moment.`;
  byId('leader-form').onsubmit = async (event) => {
    event.preventDefault();
    confirm.disabled = true;
    try {
      await transferLeadership(serverId);
      dialog.close();
    } catch (error) {
      problem.textContent =
        error instanceof Refused
          ? `It was refused: ${error.message} (${error.help}).`
          : 'This member does not answer.';
    } finally {
      confirm.disabled = false;
    }
  };
  byId('leader-cancel').onclick = () => dialog.close();
  dialog.showModal();
}

async function poll() {
  try {
    const answer = await readMembers();
    const now = { answer, atMs: performance.now() };
    remember(now);
    render(before, now, points, CAPACITY, askHandOver);
    before = now;
    lostSince = undefined;
    showLink('live', 'live');
  } catch (error) {
    if (error instanceof Refused && error.code === 'unauthorized') {
      await askToken();
      return poll();
    }
    lostSince ??= new Date();
    before = undefined;
    const since = lostSince.toLocaleTimeString();
    const what = error instanceof Refused ? error.message : `no answer since ${since}`;
    showLink('lost', what);
  }
}

async function run() {
  for (;;) {
    if (document.visibilityState === 'visible') await poll();
    else showLink('paused', 'paused');
    await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
  }
}

// The token dialog cannot be dismissed: there is nothing to see behind it.
byId('token-dialog').addEventListener('cancel', (event) => event.preventDefault());
run();
