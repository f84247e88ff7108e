// The tree at the left, the node that is open at the right.

import { nodePage } from '../node/node-page.js';
import { html, say } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { visibleName } from '../shell/visible-text.js';
import { nameOf } from '../znode/node-path.js';
import { pathForm } from './path-form.js';
import { searchPane } from './search-pane.js';
import { treeFollower } from './tree-follower.js';
import { treePane } from './tree-pane.js';

/** @param {string} path @returns {string} */
function titleOf(path) {
  return `${path === '/' ? 'Tree' : visibleName(nameOf(path))} – Rookery`;
}

const FAR = 'The open node is not among the first of very many children: it is shown beside them.';

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Tree',
  mount(root, place, shell) {
    let open = place.path;
    /** @type {readonly string[]} */
    let levels = [];
    const state = html('p', 'quiet small watch-state');
    state.id = 'tree-live';
    state.setAttribute('role', 'status');

    const far = html('p', 'quiet small watch-state');
    far.id = 'tree-far';

    const pane = treePane(shell, {
      onShow: (path) => shell.go(hashOf('tree', path)),
      onSight(paths) {
        levels = paths;
        follower.see(open, levels);
      },
    });
    const follower = treeFollower(shell, {
      onChanges(changes) {
        pane.apply(changes);
        page.changed(changes);
      },
      onUnknown() {
        pane.verify();
        page.changed(undefined);
      },
      onState(now, why) {
        say(state, now === 'watching' || now === 'starting' ? '' : `Not live: ${why}`);
      },
    });
    const typed = pathForm(shell, 'tree');
    const search = searchPane(
      shell,
      () => open,
      (isSearching) => {
        pane.element.hidden = isSearching;
      },
    );
    const page = nodePage(shell);
    const nodes = html(
      'section',
      'card tree-pane',
      typed.element,
      search.form,
      pane.element,
      search.results,
      far,
      state,
    );
    nodes.setAttribute('aria-label', 'Nodes');
    root.classList.add('tree-view');
    root.append(html('h2', 'hidden', 'Tree'), nodes, page.element);

    /** @param {import('../shell/router.js').Place} to */
    function moveTo(to) {
      open = to.path;
      document.title = titleOf(open);
      typed.show(open);
      search.rootChanged();
      page.show(open);
      say(far, '');
      pane.reveal(to.path).then((isNear) => {
        if (open === to.path && !isNear) say(far, FAR);
      });
      follower.see(open, levels);
    }
    moveTo(place);
    return {
      moveTo,
      unmount() {
        follower.end();
        search.end();
        pane.end();
        page.end();
      },
    };
  },
};
