// Searches names, and values, below a node. The member walks the tree and tells what it finds.

import { button, html, say } from '../shell/dom.js';
import { explained } from '../shell/feed.js';
import { hashOf } from '../shell/router.js';
import { visible } from '../shell/visible-text.js';
import { urlPath } from '../znode/node-path.js';
import { counted } from '../znode/stat-words.js';

/** Results that are shown; the member is asked for no more. */
const MOST_FOUND = 1000;

/** @typedef {import('../../server/src/http/window/shapes.ts').SearchLine} SearchLine */

/**
 * @param {string} text
 * @param {string} wanted
 * @returns {(Node | string)[]} The text, with what was looked for marked where it is there.
 */
function marked(text, wanted) {
  const at = text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0 || wanted === '') return [visible(text)];
  const end = at + wanted.length;
  return [
    visible(text.slice(0, at)),
    html('mark', '', visible(text.slice(at, end))),
    visible(text.slice(end)),
  ];
}

/** @param {Extract<SearchLine, {where: string}>} found @param {string} wanted */
function resultOf({ path, where, excerpt }, wanted) {
  const link = html('a', 'found-path', ...marked(path, where === 'name' ? wanted : ''));
  link.href = hashOf('tree', path);
  const item = html('li', '', link);
  if (excerpt !== undefined) item.append(html('span', 'excerpt', ...marked(excerpt, wanted)));
  return item;
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {() => string} rootOf The node below which is searched.
 * @param {(isSearching: boolean) => void} onOpen Whether results stand in the place of the tree.
 */
export function searchPane(shell, rootOf, onOpen) {
  let ending = new AbortController();
  const text = html('input', '');
  text.id = 'tree-search';
  text.type = 'search';
  text.required = true;
  text.autocomplete = 'off';
  text.spellcheck = false;
  text.maxLength = 200;
  text.dataset.search = '';
  text.setAttribute('aria-label', 'Search names below this node');
  const values = html('input', '');
  values.id = 'tree-search-values';
  values.type = 'checkbox';
  const start = html('button', 'small', 'Search');
  start.type = 'submit';
  const form = html('form', 'search-form', text, start, html('label', 'check', values, ' in values, too'));
  form.setAttribute('role', 'search');
  const progress = html('p', 'quiet small');
  progress.id = 'search-progress';
  progress.setAttribute('role', 'status');
  const stop = button('small', 'Stop', () => ending.abort());
  stop.id = 'search-stop';
  const close = button('small', 'Back to the tree', () => {
    ending.abort();
    results.hidden = true;
    onOpen(false);
    text.focus();
  });
  close.id = 'search-close';
  const list = html('ul', 'found');
  list.id = 'search-results';
  list.tabIndex = 0;
  list.setAttribute('aria-label', 'What was found');
  const results = html('section', 'results', html('div', 'results-head', progress, stop, close), list);
  results.hidden = true;

  async function search() {
    ending.abort();
    const own = new AbortController();
    ending = own;
    const root = rootOf();
    const wanted = text.value;
    let found = 0;
    list.replaceChildren();
    results.hidden = false;
    stop.hidden = false;
    onOpen(true);
    const where = root === '/' ? 'the whole tree' : visible(root);
    say(progress, `Searching ${where}…`);
    const query = `?text=${encodeURIComponent(wanted.toWellFormed())}&in=${values.checked ? 'both' : 'names'}&limit=${MOST_FOUND}`;
    try {
      const lines = /** @type {AsyncIterable<SearchLine>} */ (
        shell.streamLines(`/window/search${urlPath(root)}${query}`, { signal: own.signal })
      );
      for await (const line of lines) {
        if ('where' in line) {
          found++;
          list.append(resultOf(line, wanted));
        } else if ('end' in line) say(progress, endWords(line, where));
        else say(progress, `Searching ${where}: ${counted(line.looked, 'node')} looked at, ${found} found`);
      }
    } catch (error) {
      if (own.signal.aborted) say(progress, `Stopped: ${found} found in ${where}.`);
      else say(progress, explained(error));
    }
    if (ending === own) stop.hidden = true;
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  return {
    form,
    results,
    /** What is searched has changed. */
    rootChanged() {
      text.placeholder = rootOf() === '/' ? 'Search the tree' : `Search below ${visible(rootOf())}`;
    },
    end: () => ending.abort(),
  };
}

/** @param {Extract<SearchLine, {end: true}>} end @param {string} where */
function endWords({ looked, found, isCut, unreadable }, where) {
  const cut = isCut ? ` The first ${counted(found, 'one')}: there are more.` : '';
  const hidden = unreadable === 0 ? '' : ` ${counted(unreadable, 'node')} may not be read.`;
  return `${counted(found, 'match', 'matches')} among ${counted(looked, 'node')} in ${where}.${cut}${hidden}`;
}
