// Creates a child.

import { html } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { visible } from '../shell/visible-text.js';
import { hidesHashes, OPEN_ENTRY } from '../znode/acl-words.js';
import { join, nameOf, problemOfName, urlPath } from '../znode/node-path.js';
import { nextSequence } from '../znode/stat-words.js';
import { FormProblem, field, openForm, textInput } from './form-dialog.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */

/** @type {readonly (readonly [value: string, label: string])[]} */
const KINDS = [
  ['plain', 'Stays until it is deleted'],
  ['sequential', 'With a number behind its name'],
  ['container', 'Container: goes after its last child'],
  ['ttl', 'Goes when it was not changed for a time'],
];

/** @param {readonly (readonly [string, string])[]} options */
function select(options) {
  return html(
    'select',
    '',
    ...options.map(([value, label]) => {
      const option = html('option', '', label);
      option.value = value;
      return option;
    }),
  );
}

/** @param {string} kind @param {string} ttl @returns {string} */
function queryOf(kind, ttl) {
  if (kind === 'sequential') return '?sequential';
  if (kind === 'container') return '?container';
  if (kind !== 'ttl') return '?create';
  const seconds = Number(ttl);
  if (!Number.isFinite(seconds) || seconds < 0.001 || seconds > 1e9)
    throw new FormProblem('The time is a number of seconds.');
  return `?ttlMs=${Math.round(seconds * 1000)}`;
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {NodePage} page The node above.
 * @param {() => void} onDone
 */
export function createChild(shell, { path, acl, stat }, onDone) {
  const name = textInput();
  const value = html('textarea', 'code');
  value.rows = 5;
  value.spellcheck = false;
  const kind = select(KINDS);
  const ttl = textInput('3600', 'number');
  ttl.min = '0.001';
  ttl.step = 'any';
  const ttlField = field('create-ttl', 'Seconds without a change', ttl);
  ttlField.hidden = true;
  // A list whose hashes are hidden from its reader, or that is hidden whole, cannot be copied.
  const copied = acl === null || hidesHashes(acl) ? undefined : acl;
  const access = select([
    ...(copied === undefined ? [] : [/** @type {const} */ (['copy', 'As that of the node above'])]),
    ['open', 'Open: anyone may do everything'],
  ]);
  kind.addEventListener('change', () => {
    ttlField.hidden = kind.value !== 'ttl';
  });
  const next = String(nextSequence(stat)).padStart(10, '0');
  openForm({
    id: 'create-child',
    title: `New child of ${path === '/' ? 'the root' : visible(nameOf(path))}`,
    content: [
      field('create-name', 'Name', name),
      field('create-value', 'Value', value),
      field('create-kind', 'Kind', kind, `A sequential one would get ${next} now.`),
      ttlField,
      field(
        'create-acl',
        'Access list',
        access,
        copied === undefined ? 'That of the node above is hidden from you, at least in part.' : '',
      ),
    ],
    action: 'Create it',
    async onAct(signal) {
      // A sequential child may be a number alone.
      const problem =
        kind.value === 'sequential' && name.value === '' ? undefined : problemOfName(name.value);
      if (problem !== undefined) throw new FormProblem(problem);
      const wanted = join(path, name.value);
      const created = /** @type {{readonly path: string}} */ (
        await shell.call(`/window/v1/nodes${urlPath(wanted)}${queryOf(kind.value, ttl.value)}`, {
          method: 'PUT',
          // Never sets what is there. A sequential one is always another one.
          ...(kind.value === 'sequential' ? {} : { headers: { 'if-none-match': '*' } }),
          body: {
            text: value.value,
            acl: access.value === 'copy' && copied !== undefined ? copied : [OPEN_ENTRY],
          },
          signal,
        })
      );
      shell.announce(`${visible(created.path)} is created.`);
      onDone();
      shell.go(hashOf('tree', created.path));
      return true;
    },
  });
  name.focus();
}
