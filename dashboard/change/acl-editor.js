// Edits an access list.

import { button, html } from '../shell/dom.js';
import { visible } from '../shell/visible-text.js';
import { locksOut, OPEN_ENTRY, PERMISSIONS, problemOfAcl } from '../znode/acl-words.js';
import { nameOf, urlPath } from '../znode/node-path.js';
import { aclEtagOf } from '../znode/stat-words.js';
import { FormProblem, openForm, textInput } from './form-dialog.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */
/** @typedef {import('../znode/acl-words.js').AclJson} AclJson */

/** As many as are drawn, and can be sent. */
const MOST_ENTRIES = 100;

/** @param {AclJson} entry @param {number} number @param {() => void} onChange */
function entryForm(entry, number, onChange) {
  const scheme = textInput(entry.scheme);
  scheme.setAttribute('aria-label', `Scheme of entry ${number}`);
  const id = textInput(entry.id);
  id.setAttribute('aria-label', `Id of entry ${number}`);
  const boxes = PERMISSIONS.map(([name, words]) => {
    const input = html('input', '');
    input.type = 'checkbox';
    input.checked = entry.permissions.includes(name);
    return { name, input, label: html('label', 'check', input, ` ${words}`) };
  });
  const element = html('fieldset', 'acl-entry', html('legend', 'quiet small', `Entry ${number}`));
  const remove = button('small', 'Take it out', () => {
    element.remove();
    onChange();
  });
  remove.setAttribute('aria-label', `Take it out: entry ${number}`);
  element.append(
    html('div', 'acl-who', scheme, id, remove),
    html('div', 'acl-may', ...boxes.map(({ label }) => label)),
  );
  element.addEventListener('input', onChange);
  return {
    element,
    /** @returns {AclJson} */
    read: () => ({
      scheme: scheme.value.trim(),
      id: id.value.trim(),
      permissions: boxes.filter(({ input }) => input.checked).map(({ name }) => name),
    }),
  };
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {NodePage} page Whose list is shown.
 * @param {() => void} onDone
 */
export function editAcl(shell, { path, acl, stat }, onDone) {
  const list = html('div', 'acl-entries');
  const warning = html('p', 'small warn');
  warning.setAttribute('role', 'status');
  /** @type {ReturnType<typeof entryForm>[]} */
  let entries = [];
  const read = () => entries.filter(({ element }) => element.isConnected).map((entry) => entry.read());
  const check = () => {
    warning.textContent = locksOut(read()) ? 'Nobody but a superuser could change this list again.' : '';
  };

  /** @param {AclJson} entry */
  function add(entry) {
    const made = entryForm(entry, entries.length + 1, check);
    entries = [...entries, made];
    list.append(made.element);
    return made;
  }

  for (const entry of (acl ?? []).slice(0, MOST_ENTRIES)) add(entry);
  const more = button('small', 'Add an entry', () => {
    if (list.childElementCount >= MOST_ENTRIES) return;
    const made = add({ scheme: 'digest', id: '', permissions: ['read'] });
    made.element.querySelector('input')?.focus();
    check();
  });
  more.id = 'edit-acl-add';
  const open = button('small', 'Open to anyone', () => {
    list.replaceChildren();
    add(OPEN_ENTRY);
    check();
  });
  open.id = 'edit-acl-open';
  openForm({
    id: 'edit-acl',
    title: `Access list of ${path === '/' ? 'the root' : visible(nameOf(path))}`,
    isWide: true,
    content: [
      html(
        'p',
        'quiet small',
        'Scheme and id of each: world anyone, digest USER:HASH, ip ADDRESS or NETWORK, x509 SUBJECT, sasl USER, or auth for who you act as.',
      ),
      list,
      html('p', 'row-of-buttons', more, open),
      warning,
    ],
    action: 'Replace the list',
    async onAct(signal) {
      const wanted = read();
      const problem = problemOfAcl(wanted);
      if (problem !== undefined) throw new FormProblem(problem);
      if ((acl?.length ?? 0) > MOST_ENTRIES)
        throw new FormProblem('The list is longer than what is shown here: use the command line.');
      await shell.call(`/window/v1/acl${urlPath(path)}`, {
        method: 'PUT',
        headers: { 'if-match': aclEtagOf(stat) },
        body: { acl: wanted },
        signal,
      });
      shell.announce('The access list is replaced.');
      onDone();
      return true;
    },
  });
}
