// What is around every view: who is asked and as whom, whether changes are on, and which view is open.

import { changesSwitch } from './changes.js';
import { askToken, confirm } from './dialogs.js';
import { byId, html, say } from './dom.js';
import { createFeed, explained, Refused } from './feed.js';
import { identitySwitch } from './identity.js';
import { liveState, showLink } from './live-state.js';
import { hashOf, placeOf } from './router.js';
import { listenForKeys } from './shortcuts.js';

const RETRY_MS = 2000;
const ANNOUNCED_MS = 8000;

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').WindowSelf} WindowSelf
 * @typedef {import('./router.js').Place} Place
 *
 * @typedef {object} Shell
 * @property {WindowSelf} self
 * @property {import('./feed.js').Feed['ask']} ask For what is no JSON, such as a download.
 * @property {import('./feed.js').Feed['call']} call
 * @property {import('./feed.js').Feed['streamLines']} streamLines
 * @property {import('./feed.js').Feed['streamEvents']} streamEvents
 * @property {() => boolean} canChange
 * @property {(listener: (can: boolean) => void) => () => void} onCanChange Gives what ends it.
 * @property {(text: string) => void} announce Shows a result, and tells screen readers.
 * @property {typeof confirm} confirm
 * @property {(hash: string) => void} go
 *
 * @typedef {object} Mounted
 * @property {() => void} unmount Ends all that the view has begun.
 * @property {(place: Place) => void} [moveTo] Another place of the same view; without it the view is mounted anew.
 *
 * @typedef {object} View
 * @property {string} title
 * @property {(root: HTMLElement, place: Place, shell: Shell) => Mounted} mount `root` is empty, and taken away after `unmount`.
 *
 * @typedef {object} Registered
 * @property {string} name As in its addresses.
 * @property {string} title
 * @property {string} key That goes to it, after `g`.
 * @property {boolean} needsRead It is there only where the member lets the page read the tree.
 * @property {() => Promise<{readonly view: View}>} load
 */

/** @type {number | undefined} */
let announcement;

/** @param {string} text */
function announce(text) {
  const element = byId('announcer');
  clearTimeout(announcement);
  say(element, text);
  element.classList.add('shown');
  announcement = setTimeout(() => {
    element.classList.remove('shown');
    say(element, '');
  }, ANNOUNCED_MS);
}

/** @param {string} mode */
function modeText(mode) {
  return html('code', '', `http.window: ${mode}`);
}

/** @param {Registered} registered */
function closedView({ title }) {
  return html(
    'section',
    'notice',
    html('h2', '', `${title} is not switched on here`),
    html('p', '', 'This member shows the ensemble alone: it runs with ', modeText('ensemble'), '.'),
    html(
      'p',
      '',
      'Set ',
      modeText('read'),
      ' to look at the tree and its sessions, or ',
      modeText('write'),
      ' to change them as well, and start the member again.',
    ),
  );
}

/**
 * Shows what the address names, and follows it.
 * @param {readonly Registered[]} views
 * @param {Shell} shell
 */
function followAddress(views, shell) {
  /** @type {{readonly registered: Registered, readonly mounted: Mounted} | undefined} */
  let open;
  let turn = 0;

  /** @param {boolean} isAnew All of it, as another identity sees it. */
  async function show(isAnew) {
    const { view: name, place } = placeOf(location.hash);
    const registered = views.find((view) => view.name === name) ?? /** @type {Registered} */ (views[0]);
    const isMove = open?.registered === registered;
    if (isMove && !isAnew && open?.mounted.moveTo !== undefined) return open.mounted.moveTo(place);
    turn += 1;
    const own = turn;
    const isFirst = open === undefined;
    open?.mounted.unmount();
    open = undefined;
    const root = html('div', 'view');
    root.id = `${registered.name}-view`;
    byId('main').replaceChildren(root);
    markCurrent(registered);
    document.title = `${registered.title} – Rookery`;
    if (registered.needsRead && shell.self.mode === 'ensemble') {
      root.append(closedView(registered));
      open = { registered, mounted: { unmount: () => {} } };
    } else {
      const { view } = await registered.load();
      // Another one was asked for meanwhile.
      if (own !== turn) return;
      open = { registered, mounted: view.mount(root, place, shell) };
    }
    if (!isFirst && !isMove) byId('main').focus({ preventScroll: true });
    if (!isMove) scrollTo(0, 0);
  }

  /** @param {boolean} isAnew */
  const showOrSay = (isAnew) =>
    show(isAnew).catch(() => announce('This part of the page could not be loaded. Load the page again.'));
  addEventListener('hashchange', () => showOrSay(false));
  showOrSay(false);
  return () => showOrSay(true);
}

/** @param {Registered} registered */
function markCurrent({ name }) {
  for (const link of byId('navigation').querySelectorAll('a')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** @param {Registered} registered */
function navigationLink({ name, title }) {
  const link = html('a', '', title);
  link.href = hashOf(name);
  link.dataset.view = name;
  return html('li', '', link);
}

/**
 * @param {readonly Registered[]} views The first one is shown where the address names none.
 */
export async function startShell(views) {
  const live = liveState();
  let showAnew = () => {};
  const identity = identitySwitch(() => showAnew());
  const feed = createFeed({
    fetch: fetch.bind(globalThis),
    storage: sessionStorage,
    identity,
    onAnswer: live.answered,
    askToken(wasWrong) {
      showLink('wait', 'needs a token');
      return askToken(wasWrong);
    },
  });
  const changes = changesSwitch();
  const askSelf = () => /** @type {Promise<WindowSelf>} */ (feed.call('/window/self'));
  byId('navigation').replaceChildren(...views.map(navigationLink));
  byId('main').tabIndex = -1;
  byId('skip').addEventListener('click', (event) => {
    // The address says which view is open.
    event.preventDefault();
    byId('main').focus();
  });

  const shell = {
    self: await untilAnswered(askSelf),
    ...feed,
    canChange: changes.canChange,
    onCanChange: changes.onCanChange,
    announce,
    confirm,
    /** @param {string} hash */
    go(hash) {
      location.hash = hash;
    },
  };
  /** @param {WindowSelf} self */
  function learn(self) {
    const isOther = self.mode !== shell.self.mode;
    shell.self = self;
    changes.allow(self.mode === 'write');
    byId('identity-button').hidden = self.mode === 'ensemble';
    say('seen-from', `as member ${self.serverId} sees it`);
    say('foot', `rookery-server ${self.version} · also here: /metrics, /health/ready, /admin/members`);
    if (isOther) showAnew();
  }
  learn(shell.self);
  live.keepAsking(async () => learn(await askSelf()));
  listenForKeys(views, (name) => shell.go(hashOf(name)));
  showAnew = followAddress(views, shell);
}

/** @param {() => Promise<WindowSelf>} askSelf */
async function untilAnswered(askSelf) {
  for (;;) {
    try {
      return await askSelf();
    } catch (error) {
      if (error instanceof Refused) announce(explained(error));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
