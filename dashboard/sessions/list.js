// All sessions, a page at a time: the member that is asked finds and counts them.

import { button, html, say } from '../shell/dom.js';
import { explained } from '../shell/feed.js';
import { count, memberNames } from '../shell/format.js';
import { keyedRows } from '../shell/keyed-rows.js';
import { poll } from '../shell/poll.js';
import { hashOf } from '../shell/router.js';
import { endSession } from './ending.js';
import { clientText, identityText, listPath, offsetOf, pageAt } from './sessions.js';
import { timeBar } from './time-bar.js';

const PERIOD_MS = 2000;
/** After the last key of what is looked for. */
const TYPED_MS = 250;
const HEADINGS = ['Session', 'Client', 'Identity', 'Member', 'Time left', 'Ephemerals', 'Watches', 'Actions'];
const NUMBERS = new Set(['Member', 'Ephemerals', 'Watches']);

/**
 * @typedef {import('./sessions.js').SessionEntry} SessionEntry
 * @typedef {import('../../server/src/http/window/shapes.ts').SessionList} SessionList
 * @typedef {import('../shell/shell.js').Shell} Shell
 * @typedef {import('../shell/router.js').Place} Place
 */

/** @param {string} id @param {(session: SessionEntry) => void} onEnd */
function sessionRow(id, onEnd) {
  const link = html('a', 'address', id);
  link.href = hashOf('sessions', `/${id}`);
  const name = html('th', '', link);
  name.scope = 'row';
  name.setAttribute('role', 'rowheader');
  const time = timeBar();
  /** @param {string} title @param {string} className @param {readonly Node[]} children */
  const cell = (title, className, ...children) => {
    const element = html('td', NUMBERS.has(title) ? `number ${className}` : className, ...children);
    element.dataset.title = title;
    element.setAttribute('role', 'cell');
    return element;
  };
  const client = cell('Client', 'address');
  const identity = cell('Identity', 'identity');
  const member = cell('Member', '');
  const ephemerals = cell('Ephemerals', '');
  const watches = cell('Watches', '');
  /** @type {SessionEntry | undefined} */
  let shown;
  const end = button('small', 'End session', () => {
    if (shown !== undefined) onEnd(shown);
  });
  end.append(html('span', 'hidden', ` ${id}`));
  const element = html(
    'tr',
    '',
    name,
    client,
    identity,
    member,
    cell('Time left', '', time.element),
    ephemerals,
    watches,
    cell('', 'actions', end),
  );
  element.setAttribute('role', 'row');
  element.dataset.session = id;
  return {
    element,
    /** @param {SessionEntry} session */
    update(session) {
      shown = session;
      say(client, clientText(session));
      say(identity, identityText(session));
      say(member, session.member === null ? '–' : String(session.member));
      time.update(session);
      say(ephemerals, count(session.ephemerals));
      say(watches, count(session.watches));
    },
  };
}

function sessionTable() {
  const body = html('tbody', '');
  body.id = 'sessions';
  body.setAttribute('role', 'rowgroup');
  const headings = HEADINGS.map((title) => {
    const heading = html('th', NUMBERS.has(title) ? 'number' : title === 'Actions' ? 'actions' : '', title);
    heading.scope = 'col';
    heading.setAttribute('role', 'columnheader');
    return heading;
  });
  const row = html('tr', '', ...headings);
  row.setAttribute('role', 'row');
  const head = html('thead', '', row);
  head.setAttribute('role', 'rowgroup');
  const table = html('table', 'sessions', head, body);
  table.setAttribute('role', 'table');
  table.setAttribute('aria-labelledby', 'sessions-title');
  return { table, body };
}

/**
 * @param {HTMLElement} root
 * @param {Place} place
 * @param {Shell} shell
 */
export function sessionList(root, place, shell) {
  let find = place.query.get('find') ?? '';
  let offset = offsetOf(place.query.get('offset'));
  const ending = new AbortController();

  const title = html('h2', 'view-title', 'Sessions');
  title.id = 'sessions-title';
  const search = html('input', 'search');
  search.type = 'search';
  search.id = 'sessions-find';
  search.placeholder = 'id, address or identity';
  search.setAttribute('aria-label', 'Find sessions by id, address or identity');
  search.dataset.search = '';
  search.spellcheck = false;
  search.autocomplete = 'off';
  search.value = find;
  const told = html('p', 'quiet');
  told.id = 'sessions-told';
  told.setAttribute('role', 'status');
  const problem = html('p', 'problem');
  problem.setAttribute('role', 'alert');
  const { table, body } = sessionTable();
  const rows = keyedRows(body, (id) => sessionRow(id, end));
  const previous = html('a', 'page-link', 'Previous');
  previous.id = 'sessions-previous';
  const next = html('a', 'page-link', 'Next');
  next.id = 'sessions-next';
  const pages = html('nav', 'pages', previous, next);
  pages.setAttribute('aria-label', 'Pages of sessions');
  root.replaceChildren(
    html('div', 'view-head', title, search),
    html('section', 'card', told, problem, html('div', 'table', table), pages),
  );

  /** @param {number} to */
  const pageHash = (to) =>
    hashOf('sessions', '/', {
      ...(find === '' ? {} : { find }),
      ...(to === 0 ? {} : { offset: String(to) }),
    });

  /** @param {HTMLAnchorElement} link @param {number | undefined} to */
  function offer(link, to) {
    link.hidden = to === undefined;
    if (to !== undefined) link.href = pageHash(to);
  }

  /** @param {SessionList} list */
  function show({ total, sessions, silent }) {
    const page = pageAt(total, offset);
    const which = find === '' ? 'sessions' : `sessions with “${find}”`;
    const missing = silent.length === 0 ? '' : ` · ${memberNames(silent)} did not tell of connections`;
    say(told, total === 0 ? `No ${which}${missing}` : `${page.told} ${which}${missing}`);
    offer(previous, page.previous);
    offer(next, page.next);
    table.classList.toggle('with-actions', shell.canChange());
    for (const [at, row] of rows(sessions.map(({ id }) => id)).entries()) {
      const session = sessions[at];
      if (session !== undefined) row.update(session);
    }
  }

  async function look() {
    const asked = listPath(find, offset);
    try {
      const list = /** @type {SessionList} */ (await shell.call(asked, { signal: ending.signal }));
      // Somebody has typed on.
      if (ending.signal.aborted || asked !== listPath(find, offset)) return;
      say(problem, '');
      show(list);
    } catch (error) {
      if (!ending.signal.aborted) say(problem, explained(error));
    }
  }

  /** @param {SessionEntry} session */
  async function end(session) {
    if (await endSession(shell, session)) looking.now();
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typed;
  search.addEventListener('input', () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      find = search.value.trim();
      offset = 0;
      // Each letter is no place to come back to.
      history.replaceState(null, '', pageHash(0));
      look();
    }, TYPED_MS);
  });
  const endListening = shell.onCanChange((can) => table.classList.toggle('with-actions', can));
  const looking = poll(look, PERIOD_MS);
  return {
    title,
    /** @param {Place} to */
    moveTo({ query }) {
      find = query.get('find') ?? '';
      offset = offsetOf(query.get('offset'));
      search.value = find;
      look();
    },
    unmount() {
      clearTimeout(typed);
      endListening();
      looking.end();
      ending.abort();
    },
  };
}
