// The tree that is seen: rows, keys, and what they do to the model.

import { html } from '../shell/dom.js';
import { Refused } from '../shell/feed.js';
import { virtualList } from '../shell/virtual-list.js';
import { isWithin, lineage, parentOf, urlPath } from '../znode/node-path.js';
import { childrenFeed } from './children-feed.js';
import { rowTyped, treeAction } from './tree-keys.js';
import { ROW_HEIGHT, TreeModel } from './tree-model.js';
import { fillRow, makeRow } from './tree-row.js';

/** Signs typed within so long of each other are one beginning of a name. */
const TYPED_MS = 700;
const TOUCHED_MS = 1600;
/** Rows whose stats are asked for at a time. */
const MOST_ASKED = 8;
/** Of a large node so many children are asked for to find the one that is to be shown. */
const MOST_REVEALED = 20_000;

/** @typedef {import('./tree-row.js').RowElement} RowElement */
/** @typedef {import('./level.js').ChildrenPage} ChildrenPage */

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {object} told
 * @param {(path: string) => void} told.onShow A node is to be shown.
 * @param {(paths: string[]) => void} told.onSight The nodes whose children are in sight.
 */
export function treePane(shell, { onShow, onSight }) {
  const model = new TreeModel();
  const ending = new AbortController();
  const scroller = html('div', 'tree-list');
  scroller.id = 'tree-list';
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'tree');
  scroller.setAttribute('aria-label', 'Nodes');
  let active = '/';
  /** The row that the keys went to before its name had come. @type {number | undefined} */
  let awaited;
  let shown = '/';
  let sight = '';
  let typed = '';
  let typedMs = Number.NEGATIVE_INFINITY;
  /** By path, when. @type {Map<string, number>} */
  const touched = new Map();
  /** @type {Set<string>} */
  const asking = new Set();
  /** Those that are gone again, or came to nothing: asked for once more when they change. @type {Set<string>} */
  const unanswered = new Set();

  const list = virtualList(scroller, {
    rowHeight: ROW_HEIGHT,
    count: () => model.rows,
    make: makeRow,
    fill: (element, index) => {
      const row = model.rowAt(index);
      const isActive = awaited === undefined ? row.kind === 'node' && row.path === active : index === awaited;
      element.id = `tree-row-${index}`;
      fillRow(/** @type {RowElement} */ (element), row, {
        isActive,
        isShown: row.kind === 'node' && row.path === shown,
        isTouched: row.kind === 'node' && touched.has(row.path),
      });
      if (isActive) scroller.setAttribute('aria-activedescendant', element.id);
    },
    onDrawn: look,
  });
  const feed = childrenFeed(shell, model, ending.signal, list.refresh);

  /** Asks for what is in sight and has not come. */
  function look() {
    const { from, to } = list.inSight();
    const levels = new Set();
    for (let index = from; index < to; index++) {
      const { kind, level, at, path, entry } = model.rowAt(index);
      if (level !== undefined) levels.add(level.path);
      if (kind === 'waiting' && level !== undefined) feed.want(level, at);
      if (kind === 'node' && entry?.marks === undefined && path !== '/') askMarks(path);
      if (kind === 'node' && index === awaited) activate(index);
    }
    const activeRow = awaited ?? model.indexOf(active);
    if (activeRow < from || activeRow >= to) scroller.removeAttribute('aria-activedescendant');
    const paths = [...levels];
    if (paths.join('\n') !== sight) onSight(paths);
    sight = paths.join('\n');
  }

  /** The stat alone is cheap: a page of one child. @param {string} path */
  async function askStat(path) {
    const asked = `/window/v1/nodes${urlPath(path)}?children&limit=1`;
    const page = /** @type {ChildrenPage} */ (await shell.call(asked, { signal: ending.signal }));
    return page.stat;
  }

  /** Of a node that was created or changed. @param {string} path */
  async function askMarks(path) {
    if (asking.has(path) || unanswered.has(path) || asking.size >= MOST_ASKED) return;
    asking.add(path);
    try {
      model.mark(path, await askStat(path));
    } catch (error) {
      if (error instanceof Refused && error.code === 'NO_AUTH') model.mark(path, null);
      else unanswered.add(path);
    }
    asking.delete(path);
    list.refresh();
  }

  /** @param {string} path */
  function open(path) {
    const level = model.open(path);
    if (level === undefined) {
      shell.announce('Too many nodes are open: close some first.');
      return Promise.resolve();
    }
    list.refresh();
    return feed.want(level, 0);
  }

  /** @param {string} path */
  function close(path) {
    // What is closed over cannot have the keys.
    if (active !== path && model.indexOf(active) >= 0 && active.startsWith(`${path}/`)) active = path;
    model.close(path);
    list.refresh();
  }

  /** What was open in it is opened again. @param {import('./level.js').Level} level */
  async function comeAnew(level) {
    const within = model.openPaths.filter((path) => path !== level.path && isWithin(path, level.path));
    await feed.again(level);
    for (const path of within.sort()) if (model.entryOf(path) !== undefined) await open(path);
  }

  /** @param {number} index */
  function activate(index) {
    const row = model.rowAt(index);
    awaited = row.kind === 'node' ? undefined : index;
    if (row.kind === 'node') active = row.path;
    list.show(index);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const row = Math.max(0, awaited ?? model.indexOf(active));
    const page = Math.max(1, Math.floor(scroller.clientHeight / ROW_HEIGHT) - 1);
    const isTyped = event.key.length === 1 && !'/?'.includes(event.key) && event.key !== ' ';
    if (isTyped) {
      typed =
        event.timeStamp - typedMs > TYPED_MS ? event.key : typed === event.key ? typed : typed + event.key;
      typedMs = event.timeStamp;
      const found = rowTyped(model, row, typed);
      if (found >= 0) activate(found);
      event.preventDefault();
      return;
    }
    const action = treeAction(event.key, model, row, page);
    if (action === undefined) return;
    event.preventDefault();
    if (action.do === 'move') activate(action.row);
    else if (action.do === 'open') open(action.path);
    else if (action.do === 'close') close(action.path);
    else onShow(action.path);
  }

  /** @param {MouseEvent} event */
  function onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const path = /** @type {HTMLElement | null} */ (target.closest('.row'))?.dataset.path;
    if (path === undefined || path === '' || target.closest('a') !== null) return;
    active = path;
    awaited = undefined;
    if (target.closest('.twist') === null) return onShow(path);
    if (model.levelOf(path) === undefined) open(path);
    else close(path);
  }

  scroller.addEventListener('keydown', onKey);
  scroller.addEventListener('click', onClick);
  const fading = setInterval(() => {
    const before = touched.size;
    for (const [path, atMs] of touched) if (performance.now() - atMs > TOUCHED_MS) touched.delete(path);
    if (before !== touched.size) list.refresh();
  }, TOUCHED_MS / 2);

  return {
    element: scroller,
    /**
     * Opens what is above a node, so that its row is seen.
     * @param {string} path
     * @returns {Promise<boolean>} false where it is among very many children, and has not come with the first of them.
     */
    async reveal(path) {
      shown = path;
      list.refresh();
      for (const above of lineage(parentOf(path))) {
        if (path === '/' || shown !== path) break;
        if (above !== '/' && model.entryOf(above) === undefined) break;
        await open(above);
        const level = model.levelOf(above);
        const next = lineage(path)[lineage(above).length] ?? path;
        while (
          level?.state === 'coming' &&
          level.entries.length < MOST_REVEALED &&
          model.entryOf(next) === undefined &&
          !ending.signal.aborted
        )
          await feed.want(level, level.entries.length);
      }
      if (shown !== path || ending.signal.aborted) return true;
      active = path;
      awaited = undefined;
      const index = model.indexOf(path);
      if (index >= 0) list.show(index);
      return index >= 0 || !['coming', 'full'].includes(model.levelOf(parentOf(path))?.state ?? '');
    },
    /** @param {readonly import('../znode/follow.js').Change[]} changes */
    apply(changes) {
      for (const { what, path, zxid } of changes) {
        if (what === 'created') model.add(path, zxid);
        else if (what === 'deleted') model.remove(path, zxid);
        else model.doubt(path);
        unanswered.delete(path);
        if (model.entryOf(path) !== undefined) touched.set(path, performance.now());
      }
      list.refresh();
    },
    /** Anything may have changed: asks anew for the levels in sight that have. */
    async verify() {
      unanswered.clear();
      await Promise.all(
        sight.split('\n').map(async (path) => {
          const level = path === '' ? undefined : model.levelOf(path);
          if (level === undefined || level.pzxid === undefined) return;
          try {
            const stat = await askStat(path);
            if (stat.pzxid !== level.pzxid) await comeAnew(level);
          } catch {
            if (!ending.signal.aborted) await comeAnew(level);
          }
        }),
      );
      list.refresh();
    },
    end() {
      ending.abort();
      clearInterval(fading);
      list.end();
    },
  };
}
