// Dialogs: one question each. Escape closes those that can be left.

import { byId, say } from './dom.js';

/** @param {string} id */
export function dialogOf(id) {
  return /** @type {HTMLDialogElement} */ (byId(id));
}

/** @param {string} id */
export function inputOf(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text What will happen.
 * @property {string} action What the button says that does it.
 * @property {'plain' | 'danger'} [tone]
 * @property {string} [typed] Has to be typed before it can be done.
 */

/**
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action, tone = 'plain', typed = '' }) {
  const dialog = dialogOf('confirm-dialog');
  const act = /** @type {HTMLButtonElement} */ (byId('confirm-action'));
  const input = inputOf('confirm-typed');
  if (dialog.open) return Promise.resolve(false);
  say('confirm-title', title);
  say('confirm-text', text);
  say(act, action);
  act.className = tone === 'danger' ? 'danger' : 'primary';
  byId('confirm-typing').hidden = typed === '';
  say('confirm-typed-label', `Type ${typed} to go on`);
  input.value = '';
  input.oninput = () => {
    act.disabled = input.value !== typed;
  };
  act.disabled = typed !== '';
  byId('confirm-cancel').onclick = () => dialog.close('cancel');
  byId('confirm-form').onsubmit = (event) => {
    event.preventDefault();
    if (!act.disabled) dialog.close('act');
  };
  dialog.returnValue = '';
  dialog.showModal();
  // What cannot be taken back is not done by a stray Enter.
  if (typed !== '') input.focus();
  else if (tone === 'danger') byId('confirm-cancel').focus();
  else act.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'act'), { once: true });
  });
}

/**
 * It cannot be left: there is nothing to see behind it.
 * @param {boolean} wasWrong
 * @returns {Promise<string>} The token that was typed.
 */
export function askToken(wasWrong) {
  const dialog = dialogOf('token-dialog');
  const input = inputOf('token');
  say('token-problem', wasWrong ? 'That is not the token of this member.' : '');
  input.value = '';
  dialog.oncancel = (event) => event.preventDefault();
  let isGiven = false;
  // A browser closes a dialog at the second Escape in any case.
  dialog.onclose = () => {
    if (!isGiven) dialog.showModal();
  };
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    byId('token-form').onsubmit = (event) => {
      event.preventDefault();
      const token = input.value.trim();
      if (token === '') return;
      isGiven = true;
      input.value = '';
      dialog.close();
      resolve(token);
    };
  });
}
