// Where a node is: the nodes above it to go to, and its path to take along.

import { button, html } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { visibleName } from '../shell/visible-text.js';
import { lineage, nameOf } from '../znode/node-path.js';

/** @param {string} path */
export function breadcrumb(path) {
  const items = lineage(path).map((above) => {
    const name = above === '/' ? 'root' : visibleName(nameOf(above));
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
