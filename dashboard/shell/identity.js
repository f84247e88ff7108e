// As whom the page asks for nodes: kept until the tab closes, sent with each question that access lists decide.

import { dialogOf, inputOf } from './dialogs.js';
import { byId, say } from './dom.js';

const IDENTITY_KEY = 'rookery.identity';

/**
 * @typedef {object} Identity
 * @property {string} user
 * @property {string} password
 */

/** The value of the header `rookery-identity`. @param {Identity} identity */
export function headerOf({ user, password }) {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/**
 * @param {string} user
 * @returns {string} What is wrong with it; '' where nothing is.
 */
export function problemOfUser(user) {
  if (user === '') return 'A user has a name.';
  return user.includes(':') ? 'A user’s name has no colon: it ends where the password begins.' : '';
}

/** @returns {Identity | undefined} */
function kept() {
  const text = sessionStorage.getItem(IDENTITY_KEY);
  return text === null ? undefined : JSON.parse(text);
}

/**
 * The button that says as whom the page acts, and its dialog.
 * @param {() => void} onChange
 * @returns {() => string | undefined} The header's value.
 */
export function identitySwitch(onChange) {
  const dialog = dialogOf('identity-dialog');
  const show = () => say('identity-name', kept()?.user ?? 'anyone');

  /** @param {Identity | undefined} identity */
  function become(identity) {
    if (identity === undefined) sessionStorage.removeItem(IDENTITY_KEY);
    else sessionStorage.setItem(IDENTITY_KEY, JSON.stringify(identity));
    dialog.close();
    show();
    onChange();
  }

  byId('identity-button').addEventListener('click', () => {
    inputOf('identity-user').value = kept()?.user ?? '';
    inputOf('identity-password').value = '';
    say('identity-problem', '');
    dialog.showModal();
  });
  byId('identity-anyone').addEventListener('click', () => become(undefined));
  byId('identity-cancel').addEventListener('click', () => dialog.close());
  byId('identity-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const user = inputOf('identity-user').value.trim();
    const problem = problemOfUser(user);
    say('identity-problem', problem);
    if (problem === '') become({ user, password: inputOf('identity-password').value });
  });
  show();
  return () => {
    const identity = kept();
    return identity === undefined ? undefined : headerOf(identity);
  };
}
