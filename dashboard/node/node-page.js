// All that there is to say about one node, as it changes.

import { changeTools } from '../change/change-tools.js';
import { html, say } from '../shell/dom.js';
import { explained, Refused } from '../shell/feed.js';
import { hashOf } from '../shell/router.js';
import { visible, visibleName } from '../shell/visible-text.js';
import { nameOf, parentOf, urlPath } from '../znode/node-path.js';
import { actAs } from './act-as.js';
import { belowSection } from './below-section.js';
import { aclSection, formatSection, statSection } from './fact-sections.js';
import { breadcrumb, copyButton } from './path-line.js';
import { recipeSection } from './recipe-section.js';
import { valueSection } from './value-section.js';
import { watchersSection } from './watchers-section.js';

/** A node that changes all the time is asked for no more often. */
const AGAIN_MS = 1000;
/** Times in words are looked at. */
const TICK_MS = 10_000;

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */

/** @param {string} code */
function problemOf(code) {
  if (code === 'NO_NODE') return 'There is no such node now. When it is created, it appears here.';
  return code === 'NO_AUTH' ? 'The access list does not let you read anything of this node.' : undefined;
}

/** @param {import('../shell/shell.js').Shell} shell */
export function nodePage(shell) {
  let path = '/';
  /** @type {NodePage | undefined} */
  let shown;
  let ending = new AbortController();
  let askedMs = Number.NEGATIVE_INFINITY;
  let isAsking = false;
  let isStale = false;
  /** @type {number | undefined} */
  let again;

  const crumbs = html('div', 'crumb-place');
  const title = html('h2', '');
  title.id = 'node-title';
  const watch = html('a', 'button small', 'Watch');
  watch.id = 'node-watch';
  const tools = html(
    'div',
    'node-tools',
    copyButton(shell, () => path),
    watch,
  );
  const problem = html('p', 'notice node-problem');
  problem.id = 'node-problem';
  problem.setAttribute('role', 'alert');
  problem.hidden = true;
  const problemText = html('span', '');
  const other = actAs();
  problem.append(problemText, ' ', other);
  const value = valueSection();
  const stat = statSection();
  const acl = aclSection();
  const format = formatSection();
  const recipe = recipeSection();
  const watchers = watchersSection(shell);
  const below = belowSection(shell, () => path);
  const facts = html(
    'div',
    'node-facts',
    html('div', 'node-column', stat.element, watchers.element),
    html('div', 'node-column', acl.element, below.element),
  );
  const parts = html('div', 'node-parts', recipe.element, value.element, format.element, facts);
  const head = html('header', 'node-head', crumbs, html('div', 'node-line', title, tools));
  const element = html('article', 'node-page', head, problem, parts);
  element.id = 'node-page';
  element.setAttribute('aria-labelledby', title.id);
  parts.hidden = true;
  const changes = changeTools(shell, {
    pageOf: () => shown,
    onDone: () => load(),
    places: { node: tools, value: value.tools, acl: acl.tools, below: below.tools },
  });

  /** @param {NodePage} page */
  function draw(page) {
    shown = page;
    problem.hidden = true;
    parts.hidden = false;
    for (const part of [value, stat, acl, format, recipe]) part.update(page);
    changes.update(page);
  }

  async function load() {
    clearTimeout(again);
    again = undefined;
    askedMs = performance.now();
    ending.abort();
    const own = new AbortController();
    ending = own;
    isAsking = true;
    isStale = false;
    try {
      const page = /** @type {NodePage} */ (
        await shell.call(`/window/node${urlPath(path)}`, { signal: own.signal })
      );
      if (!own.signal.aborted) draw(page);
    } catch (error) {
      if (own.signal.aborted) return;
      const code = error instanceof Refused ? error.code : '';
      if (code === 'NO_NODE' || code === 'NO_AUTH') shown = undefined;
      parts.hidden = shown === undefined;
      problem.hidden = false;
      changes.update(shown);
      say(problemText, problemOf(code) ?? explained(error));
      other.hidden = code !== 'NO_AUTH';
    } finally {
      if (ending === own) isAsking = false;
      if (ending === own && isStale) loadSoon();
    }
  }

  function loadSoon() {
    again ??= setTimeout(load, Math.max(0, askedMs + AGAIN_MS - performance.now()));
  }

  const ticking = setInterval(() => {
    stat.tick();
    recipe.tick();
  }, TICK_MS);

  return {
    element,
    /** @param {string} to */
    show(to) {
      if (to !== path || shown === undefined) {
        path = to;
        shown = undefined;
        parts.hidden = true;
        problem.hidden = true;
        // Until its node has come a button does nothing.
        changes.update(undefined);
        crumbs.replaceChildren(breadcrumb(path));
        say(title, path === '/' ? 'The root' : visibleName(nameOf(path)));
        title.title = visible(path);
        watch.href = hashOf('watch', path, { recursive: '' });
        below.reset();
        watchers.ask(path);
      }
      load();
    },
    /** @param {readonly import('../znode/follow.js').Change[] | undefined} told undefined: anything may have changed. */
    changed(told) {
      const concerns =
        told === undefined ||
        told.some(
          ({ path: at }) =>
            at === path ||
            parentOf(at) === path ||
            (shown?.within != null && parentOf(at) === shown.within.path),
        );
      // An answer that is on its way may be older than the change.
      if (concerns && isAsking) isStale = true;
      else if (concerns) loadSoon();
    },
    end() {
      isStale = false;
      ending.abort();
      clearTimeout(again);
      clearInterval(ticking);
      changes.end();
      value.end();
      watchers.end();
      below.end();
    },
  };
}
