// A path to type, and to go to.

import { html, say } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { typedPath } from '../znode/node-path.js';

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {string} view To which the typed path leads.
 */
export function pathForm(shell, view) {
  const input = html('input', 'path');
  input.id = `${view}-path`;
  input.autocomplete = 'off';
  input.spellcheck = false;
  input.setAttribute('autocapitalize', 'off');
  input.setAttribute('aria-label', 'Path of a node');
  const go = html('button', 'small', 'Go');
  go.type = 'submit';
  const problem = html('p', 'problem');
  problem.setAttribute('role', 'alert');
  const form = html('form', 'path-form', input, go, problem);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const typed = typedPath(input.value);
    say(problem, 'problem' in typed ? typed.problem : '');
    if ('path' in typed) shell.go(hashOf(view, typed.path));
  });
  return {
    element: form,
    /** @param {string} path */
    show(path) {
      say(problem, '');
      input.value = path;
    },
  };
}
