// The buttons that change a node: there only while changes are on.

import { button } from '../shell/dom.js';
import { isEphemeral } from '../znode/stat-words.js';
import { editAcl } from './acl-editor.js';
import { createChild } from './child-creator.js';
import { deleteNode, deleteSubtree } from './deleter.js';
import { exportSubtree, importSubtree } from './transfer.js';
import { editValue } from './value-editor.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {object} of
 * @param {() => NodePage | undefined} of.pageOf The node as it is shown.
 * @param {() => void} of.onDone It has changed.
 * @param {Readonly<Record<'node' | 'value' | 'acl' | 'below', HTMLElement>>} of.places Where the buttons go.
 */
export function changeTools(shell, { pageOf, onDone, places }) {
  /** @type {{element: HTMLButtonElement, isOffered: (page: NodePage) => boolean}[]} */
  const tools = [];

  /**
   * @param {HTMLElement} place
   * @param {string} id
   * @param {string} text
   * @param {(page: NodePage) => boolean} isOffered
   * @param {(page: NodePage) => void} onClick
   */
  function tool(place, id, text, isOffered, onClick) {
    const element = button('small', text, () => {
      const page = pageOf();
      if (page !== undefined) onClick(page);
    });
    element.id = id;
    place.append(element);
    tools.push({ element, isOffered });
  }

  const { canChange } = shell;
  tool(
    places.value,
    'edit-value-button',
    'Edit',
    ({ value }) => canChange() && value !== null,
    (page) => editValue(shell, page, onDone),
  );
  tool(
    places.acl,
    'edit-acl-button',
    'Edit',
    ({ acl }) => canChange() && acl !== null,
    (page) => editAcl(shell, page, onDone),
  );
  tool(
    places.node,
    'create-child-button',
    'New child',
    ({ stat }) => canChange() && !isEphemeral(stat),
    (page) => createChild(shell, page, onDone),
  );
  tool(
    places.node,
    'delete-node-button',
    'Delete',
    ({ path, stat }) => canChange() && path !== '/' && stat.numChildren === 0,
    (page) => deleteNode(shell, page),
  );
  tool(
    places.below,
    'export-button',
    'Export',
    () => true,
    ({ path }) => exportSubtree(shell, path),
  );
  tool(
    places.below,
    'import-button',
    'Import',
    ({ stat }) => canChange() && !isEphemeral(stat),
    ({ path }) => importSubtree(shell, path, onDone),
  );
  tool(
    places.below,
    'delete-subtree-button',
    'Delete all',
    ({ path, stat }) => canChange() && path !== '/' && stat.numChildren > 0,
    (page) => deleteSubtree(shell, page, onDone),
  );

  /** @param {NodePage | undefined} page */
  function update(page) {
    for (const { element, isOffered } of tools) element.hidden = page === undefined || !isOffered(page);
  }
  update(undefined);
  const end = shell.onCanChange(() => update(pageOf()));
  return { update, end };
}
