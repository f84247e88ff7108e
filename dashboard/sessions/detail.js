// One session: who it is, how long it has left, what goes with it.

import { button, html, say } from '../shell/dom.js';
import { explained, Refused } from '../shell/feed.js';
import { clockTime, count, span } from '../shell/format.js';
import { keyedRows } from '../shell/keyed-rows.js';
import { poll } from '../shell/poll.js';
import { hashOf } from '../shell/router.js';
import { visible } from '../shell/visible-text.js';
import { endSession } from './ending.js';
import { clientText, identityText } from './sessions.js';
import { timeBar } from './time-bar.js';

const PERIOD_MS = 2000;

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').SessionDetail} SessionDetail
 */

/** @param {string} id @param {string} name */
function pathList(id, name) {
  const heading = html('h3', 'title', name);
  heading.id = `${id}-title`;
  const list = html('ul', 'paths');
  list.id = id;
  const element = html('section', 'card', heading, list);
  element.setAttribute('aria-labelledby', heading.id);
  const rows = keyedRows(list, (path) => {
    const link = html('a', 'address', visible(path));
    link.href = hashOf('tree', path);
    return { element: html('li', '', link) };
  });
  return {
    element,
    /** @param {readonly string[]} paths @param {number | null} total */
    update(paths, total) {
      const rest = total !== null && total > paths.length ? ` (the first ${count(paths.length)})` : '';
      say(heading, `${name}: ${count(total ?? paths.length)}${rest}`);
      rows(paths);
    },
  };
}

/** @param {readonly (readonly [string, HTMLElement])[]} pairs */
function factList(pairs) {
  return html('dl', 'facts', ...pairs.map(([title, value]) => html('div', '', html('dt', '', title), value)));
}

/**
 * @param {HTMLElement} root
 * @param {string} id
 * @param {import('../shell/shell.js').Shell} shell
 */
export function sessionDetail(root, id, shell) {
  const ending = new AbortController();
  const title = html('h2', 'view-title', `Session ${id}`);
  title.id = 'session-title';
  const back = html('a', '', 'All sessions');
  back.href = hashOf('sessions');
  const told = html('p', 'quiet', 'Looking…');
  told.setAttribute('role', 'status');
  const client = html('dd', 'address');
  const identity = html('dd', '');
  const member = html('dd', '');
  const since = html('dd', '');
  const timeout = html('dd', '');
  const left = html('dd', '');
  const time = timeBar();
  left.append(time.element);
  const facts = factList([
    ['Client', client],
    ['Identity', identity],
    ['Member', member],
    ['Connected since', since],
    ['Timeout', timeout],
    ['Time left', left],
  ]);
  /** @type {SessionDetail | undefined} */
  let shown;
  const end = button('danger', 'End session', async () => {
    if (shown !== undefined && (await endSession(shell, shown))) shell.go(hashOf('sessions'));
  });
  end.id = 'end-session';
  const card = html('section', 'card', facts);
  const ephemerals = pathList('ephemeral-paths', 'Ephemeral nodes');
  const watched = pathList('watched-paths', 'Watched paths');
  const lists = html('div', 'columns', ephemerals.element, watched.element);
  root.replaceChildren(html('p', 'small', back), html('div', 'view-head', title, end), told, card, lists);

  /** @param {string} text */
  function tell(text) {
    say(told, text);
    told.hidden = text === '';
  }

  function offerEnd() {
    end.hidden = shown === undefined || !shell.canChange();
  }

  /** @param {SessionDetail} session */
  function show(session) {
    shown = session;
    tell(session.address === null ? 'No client is connected to it.' : '');
    say(client, clientText(session));
    say(identity, identityText(session));
    say(member, session.member === null ? '–' : String(session.member));
    say(since, session.connectedAtMs === null ? '–' : clockTime(session.connectedAtMs, Date.now()));
    say(timeout, span(session.timeoutMs));
    time.update(session);
    ephemerals.update(session.ephemeralPaths, session.ephemerals);
    watched.update(session.watchedPaths, session.watches);
  }

  async function look() {
    try {
      const session = /** @type {SessionDetail} */ (
        await shell.call(`/window/sessions/${encodeURIComponent(id)}`, { signal: ending.signal })
      );
      if (ending.signal.aborted) return;
      show(session);
    } catch (error) {
      if (ending.signal.aborted) return;
      const isOver = error instanceof Refused && error.status === 404;
      if (isOver) {
        shown = undefined;
        looking.end();
      }
      tell(isOver ? 'There is no such session: it has ended, or never was.' : explained(error));
    }
    card.hidden = shown === undefined;
    lists.hidden = shown === undefined;
    offerEnd();
  }

  const endListening = shell.onCanChange(offerEnd);
  card.hidden = true;
  lists.hidden = true;
  offerEnd();
  const looking = poll(look, PERIOD_MS);
  return {
    title,
    unmount() {
      endListening();
      looking.end();
      ending.abort();
    },
  };
}
