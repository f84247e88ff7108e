// Keys: `g` and a letter goes to a view, `/` to its search, `?` tells of them all.

import { dialogOf, inputOf } from './dialogs.js';
import { byId, html } from './dom.js';

const OFF_KEY = 'rookery.keysOff';
/** Between `g` and its letter. */
const SEQUENCE_MS = 1500;

/**
 * @typedef {{readonly kind: 'go', readonly view: string} | {readonly kind: 'search' | 'help' | 'none'}} KeyAction
 */

/**
 * @param {Readonly<Record<string, string>>} views By the letter that comes after `g`.
 * @returns {(key: string, atMs: number) => KeyAction}
 */
export function keySequences(views) {
  let begunMs = Number.NEGATIVE_INFINITY;
  return (key, atMs) => {
    const isSecond = atMs - begunMs <= SEQUENCE_MS;
    begunMs = key === 'g' && !isSecond ? atMs : Number.NEGATIVE_INFINITY;
    const view = isSecond ? views[key] : undefined;
    if (view !== undefined) return { kind: 'go', view };
    if (key === '/') return { kind: 'search' };
    return { kind: key === '?' ? 'help' : 'none' };
  };
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** What has `data-search` in the view that is open. */
function focusSearch() {
  const search = byId('main').querySelector('[data-search]');
  if (!(search instanceof HTMLInputElement)) return false;
  search.focus();
  search.select();
  return true;
}

/**
 * Keys that a view has taken itself (preventDefault), that are typed into a field, or that come with Ctrl, Alt or Meta are left alone.
 * @param {readonly {readonly name: string, readonly title: string, readonly key: string}[]} views
 * @param {(view: string) => void} go
 */
export function listenForKeys(views, go) {
  const next = keySequences(Object.fromEntries(views.map(({ name, key }) => [key, name])));
  const dialog = dialogOf('keys-dialog');
  const isOn = inputOf('keys-on');
  isOn.checked = sessionStorage.getItem(OFF_KEY) === null;
  isOn.addEventListener('change', () => {
    if (isOn.checked) sessionStorage.removeItem(OFF_KEY);
    else sessionStorage.setItem(OFF_KEY, 'true');
  });
  byId('keys-button').addEventListener('click', () => dialog.showModal());
  byId('keys-close').addEventListener('click', () => dialog.close());
  byId('keys-list').prepend(...views.map(({ title, key }) => keyRow(['g', key], `go to ${title}`)));

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isTyping(event.target) || !isOn.checked || document.querySelector('dialog[open]') !== null) return;
    const action = next(event.key, event.timeStamp);
    if (action.kind === 'go') go(action.view);
    else if (action.kind === 'help') dialog.showModal();
    else if (action.kind !== 'search' || !focusSearch()) return;
    event.preventDefault();
  });
}

/** @param {readonly string[]} keys @param {string} what */
function keyRow(keys, what) {
  return html('div', '', html('dt', '', ...keys.map((key) => html('kbd', '', key))), html('dd', '', what));
}
