// A dialog with a form of its own: made when it is opened, gone when it is closed.

import { button, html, say } from '../shell/dom.js';
import { explained } from '../shell/feed.js';

/**
 * @typedef {object} Form
 * @property {string} id
 * @property {string} title
 * @property {readonly (Node | string)[]} content
 * @property {string} action What the button says that does it.
 * @property {'plain' | 'danger'} [tone]
 * @property {boolean} [isWide]
 * @property {(signal: AbortSignal) => Promise<boolean>} onAct Whether it is done, so that the dialog closes. What it rejects with is told.
 */

/**
 * @param {Form} form
 * @returns {{
 *   readonly signal: AbortSignal,
 *   say(text: string): void,
 *   tell(text: string): void,
 *   enable(isEnabled: boolean): void,
 *   relabel(action: string): void,
 * }} `signal` ends with the dialog; `say` tells of a problem, `tell` of progress.
 */
export function openForm({ id, title, content, action, tone = 'plain', isWide = false, onAct }) {
  const ending = new AbortController();
  const heading = html('h2', '', title);
  heading.id = `${id}-title`;
  const problem = html('p', 'problem');
  problem.id = `${id}-problem`;
  problem.setAttribute('role', 'alert');
  const progress = html('p', 'progress small');
  progress.id = `${id}-progress`;
  progress.setAttribute('role', 'status');
  const act = html('button', tone === 'danger' ? 'danger' : 'primary', action);
  act.type = 'submit';
  act.id = `${id}-action`;
  const cancel = button('', 'Cancel', () => dialog.close());
  cancel.id = `${id}-cancel`;
  const form = html('form', '', heading, ...content, progress, problem, html('div', 'buttons', cancel, act));
  form.noValidate = false;
  const dialog = html('dialog', isWide ? 'wide' : '', form);
  dialog.id = id;
  dialog.setAttribute('aria-labelledby', heading.id);
  let isEnabled = true;
  let isBusy = false;
  const show = () => {
    act.disabled = isBusy || !isEnabled;
    say(cancel, isBusy ? 'Stop' : 'Cancel');
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (act.disabled) return;
    isBusy = true;
    say(problem, '');
    show();
    try {
      if (await onAct(ending.signal)) dialog.close();
    } catch (error) {
      if (!ending.signal.aborted)
        say(problem, error instanceof FormProblem ? error.message : explained(error));
    } finally {
      isBusy = false;
      show();
    }
  });
  dialog.addEventListener('close', () => {
    ending.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return {
    signal: ending.signal,
    say: (text) => say(problem, text),
    tell: (text) => say(progress, text),
    enable(value) {
      isEnabled = value;
      show();
    },
    relabel: (text) => say(act, text),
  };
}

/** What is wrong with what was entered, for people. */
export class FormProblem extends Error {
  /** @override */ name = 'FormProblem';
}

/**
 * @param {string} id
 * @param {string} label
 * @param {HTMLElement} input
 * @param {string} [hint]
 */
export function field(id, label, input, hint = '') {
  input.id = id;
  const text = html('label', '', label);
  text.htmlFor = id;
  const element = html('div', 'field', text, input);
  if (hint !== '') {
    const more = html('p', 'quiet small', hint);
    more.id = `${id}-hint`;
    input.setAttribute('aria-describedby', more.id);
    element.append(more);
  }
  return element;
}

/** @param {string} id @param {string} label @param {boolean} [isChecked] */
export function checkbox(id, label, isChecked = false) {
  const input = html('input', '');
  input.type = 'checkbox';
  input.id = id;
  input.checked = isChecked;
  return { input, element: html('label', 'check', input, ` ${label}`) };
}

/** @param {string} [value] @param {string} [type] */
export function textInput(value = '', type = 'text') {
  const input = html('input', '');
  input.type = type;
  input.value = value;
  input.autocomplete = 'off';
  input.spellcheck = false;
  input.setAttribute('autocapitalize', 'off');
  return input;
}
