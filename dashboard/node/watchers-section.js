// Who is told of a change of this node. All members are asked, so it is asked when somebody comes, and when somebody asks.

import { button, html } from '../shell/dom.js';
import { explained } from '../shell/feed.js';
import { OWN_DOOR } from '../shell/format.js';
import { hashOf } from '../shell/router.js';
import { visible } from '../shell/visible-text.js';
import { urlPath } from '../znode/node-path.js';
import { counted } from '../znode/stat-words.js';
import { sessionLink } from './recipe-section.js';
import { section } from './section.js';

/** Shown at once. */
const MOST_SHOWN = 100;

/** @type {Readonly<Record<string, string>>} */
const KINDS = {
  data: 'once, of a change of the value',
  children: 'once, of a change of the children',
  persistent: 'of each change',
  recursive: 'of each change here and below',
};

/** @param {string} path @param {import('../../server/src/http/window/shapes.ts').Watcher} watcher */
function watcherItem(path, { session, member, address, isOwn, kind, at }) {
  const item = html('li', '', sessionLink(session), ` ${KINDS[kind] ?? kind}`);
  if (at !== path) {
    const link = html('a', '', visible(at));
    link.href = hashOf('tree', at);
    item.append(', set at ', link);
  }
  item.append(html('span', 'quiet small', ` · member ${member}${address === null ? '' : ` · ${address}`}`));
  if (isOwn) item.append(html('span', 'quiet small', ` · ${OWN_DOOR}`));
  return item;
}

/** @param {import('../shell/shell.js').Shell} shell */
export function watchersSection(shell) {
  const { element, tools, body } = section('node-watchers', 'Who watches it');
  let ending = new AbortController();
  let shown = '';
  const again = button('small', 'Look again', () => ask(shown));
  again.id = 'watchers-again';
  tools.append(again);

  /** @param {string} path */
  async function ask(path) {
    ending.abort();
    const own = new AbortController();
    ending = own;
    if (path !== shown) body.replaceChildren(html('p', 'quiet', 'Asking all members…'));
    shown = path;
    try {
      const { total, watchers, silent } =
        /** @type {import('../../server/src/http/window/shapes.ts').Watchers} */ (
          await shell.call(`/window/watchers${urlPath(path)}`, { signal: own.signal })
        );
      const list = html(
        'ul',
        'watchers',
        ...watchers.slice(0, MOST_SHOWN).map((watcher) => watcherItem(path, watcher)),
      );
      const left = total - Math.min(watchers.length, MOST_SHOWN);
      if (left > 0) list.append(html('li', 'quiet small', `and ${counted(left, 'more', 'more')}`));
      body.replaceChildren(total === 0 ? html('p', 'quiet', 'Nobody.') : list);
      if (silent.length > 0)
        body.append(html('p', 'small warn', `Members that did not tell: ${silent.join(', ')}.`));
    } catch (error) {
      if (!own.signal.aborted) body.replaceChildren(html('p', 'quiet', explained(error)));
    }
  }
  return { element, ask, end: () => ending.abort() };
}
