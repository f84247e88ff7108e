// Where one is: a path to type, and the nodes above to go to.

import { button, html, say } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { lineage, nameOf, typedPath } from './node-path.js';
import { visible } from './visible-text.js';

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

/** @param {string} path */
export function breadcrumb(path) {
  const items = lineage(path).map((above) => {
    const name = above === '/' ? 'root' : visible(nameOf(above));
    if (above === path) {
      const here = html('span', '', name);
      here.setAttribute('aria-current', 'page');
      return html('li', '', here);
    }
    const link = html('a', '', name);
    link.href = hashOf('tree', above);
    return html('li', '', link);
  });
  const crumbs = html('nav', 'crumbs', html('ol', '', ...items));
  crumbs.setAttribute('aria-label', 'Nodes above');
  return crumbs;
}

/** @param {import('../shell/shell.js').Shell} shell @param {() => string} pathOf */
export function copyButton(shell, pathOf) {
  const copy = button('small', 'Copy path', async () => {
    try {
      // Only where the page came by TLS or from this machine.
      await navigator.clipboard.writeText(pathOf());
      shell.announce('The path is copied.');
    } catch {
      shell.announce('This browser does not let the page copy: select the path in its field.');
    }
  });
  copy.id = 'copy-path';
  return copy;
}
