// Deletes a node, or a node with all that is below it: counted first, and said.

import { html } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { visible } from '../shell/visible-text.js';
import { nameOf, parentOf, urlPath } from '../znode/node-path.js';
import { counted, etagOf } from '../znode/stat-words.js';
import { countSubtree, countWords } from '../znode/subtree-count.js';
import { field, openForm, textInput } from './form-dialog.js';

/** From so many nodes on the name has to be typed. */
export const TYPED_FROM = 100;

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */
/** @typedef {import('../../server/src/http/window/shapes.ts').ChangeLine} ChangeLine */

/**
 * One without children, and of the version that is shown.
 * @param {import('../shell/shell.js').Shell} shell
 * @param {NodePage} page
 */
export function deleteNode(shell, { path, stat }) {
  openForm({
    id: 'delete-node',
    title: `Delete ${visible(nameOf(path))}?`,
    content: [
      html(
        'p',
        '',
        `${visible(path)} is deleted, as it is shown here: version ${stat.version}. If somebody has changed it meanwhile, it stays.`,
      ),
    ],
    action: 'Delete it',
    tone: 'danger',
    async onAct(signal) {
      await shell.call(`/window/v1/nodes${urlPath(path)}`, {
        method: 'DELETE',
        headers: { 'if-match': etagOf(stat) },
        signal,
      });
      shell.announce(`${visible(path)} is deleted.`);
      shell.go(hashOf('tree', parentOf(path)));
      return true;
    },
  });
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {NodePage} page Not the root.
 * @param {() => void} onStopped It was begun, and not done to the end.
 */
export function deleteSubtree(shell, { path }, onStopped) {
  const name = nameOf(path);
  const said = html('p', '', 'Counting what is there…');
  said.id = 'delete-subtree-count';
  const typed = textInput();
  const typing = field('delete-subtree-name', `Type ${visible(name)} to go on`, typed);
  typing.hidden = true;
  let nodes = 0;
  let isCounted = false;
  const form = openForm({
    id: 'delete-subtree',
    title: `Delete ${visible(name)} and all below it?`,
    content: [said, typing],
    action: 'Delete',
    tone: 'danger',
    async onAct(signal) {
      let done = 0;
      try {
        const lines = /** @type {AsyncIterable<ChangeLine>} */ (
          shell.streamLines(`/window/subtree${urlPath(path)}?expect=${nodes}`, { method: 'DELETE', signal })
        );
        for await (const line of lines) {
          done = line.done;
          form.tell(`${counted(done, 'node')} of ${counted(nodes, 'node')} deleted`);
        }
      } catch (error) {
        if (done > 0) {
          shell.announce(`Stopped: ${counted(done, 'node')} are deleted, the others stay.`);
          onStopped();
        }
        throw error;
      }
      shell.announce(`${counted(done, 'node')} deleted: ${visible(path)} and all below it.`);
      shell.go(hashOf('tree', parentOf(path)));
      return true;
    },
  });
  const check = () => form.enable(isCounted && (nodes < TYPED_FROM || typed.value === name));
  typed.addEventListener('input', check);
  check();
  countSubtree(shell, path, form.signal, (looked) => form.tell(`${counted(looked, 'node')} so far`)).then(
    (count) => {
      ({ nodes } = count);
      isCounted = true;
      said.textContent = `${countWords(count)} All of it is deleted, and cannot be brought back. If there are more nodes by then, nothing is deleted.`;
      form.tell('');
      form.relabel(`Delete ${counted(nodes, 'node')}`);
      typing.hidden = nodes < TYPED_FROM;
      if (!typing.hidden) typed.focus();
      check();
    },
    () => {
      if (!form.signal.aborted) form.say('It could not be counted, so nothing is deleted. Try again.');
    },
  );
}
