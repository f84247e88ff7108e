// A lock, an election or a queue, drawn as the line that it is.

import { html } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { visible } from '../shell/visible-text.js';
import { join, nameOf } from '../znode/node-path.js';
import { counted, lasting } from '../znode/stat-words.js';
import { placeWords, recipeWords } from './recipe-words.js';
import { section } from './section.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */
/** @typedef {import('../../server/src/http/window/shapes.ts').Recipe} Recipe */
/** @typedef {import('../../server/src/http/window/shapes.ts').Contender} Contender */

/** @param {string | null} session */
export function sessionLink(session) {
  if (session === null) return html('span', 'quiet small', 'of no session');
  const link = html('a', 'session', session);
  link.href = hashOf('sessions', `/${session}`);
  link.setAttribute('aria-label', `session ${session}`);
  return link;
}

/** @param {string} parent @param {Contender} contender @param {string} own Name of the node whose page this is. */
function contenderItem(parent, { name, kind, session, sinceMs, says }, own) {
  const link = html('a', 'contender-name', visible(name));
  link.href = hashOf('tree', join(parent, name));
  const item = html('li', name === own ? 'contender own' : 'contender', link);
  if (kind !== undefined) item.append(html('span', 'badge', visible(kind)));
  if (says !== '') item.append(html('span', 'says', visible(says)));
  const facts = html('span', 'contender-facts');
  if (sinceMs !== null) {
    const since = html('time', 'quiet small', lasting(sinceMs, Date.now()));
    since.dateTime = new Date(sinceMs).toISOString();
    since.dataset.since = String(sinceMs);
    since.title = new Date(sinceMs).toLocaleString();
    facts.append(since);
  }
  facts.append(sessionLink(session));
  item.append(facts);
  return item;
}

/**
 * @param {string} parent
 * @param {string} title
 * @param {string} className
 * @param {readonly Contender[]} contenders
 * @param {number} count
 * @param {string} own
 */
function line(parent, title, className, contenders, count, own) {
  const list = html('ol', className, ...contenders.map((contender) => contenderItem(parent, contender, own)));
  const more = count - contenders.length;
  if (more > 0) list.append(html('li', 'quiet small', `and ${counted(more, 'more', 'more')}`));
  return html(
    'div',
    'recipe-part',
    html('h4', '', count > 1 ? `${title} · ${counted(count, '', '').trim()}` : title),
    list,
  );
}

/** @param {string} parent @param {Recipe} recipe @param {string} own */
function drawing(parent, recipe, own) {
  const { holders, waiters, nobody } = recipeWords(recipe.kind);
  const parts = [
    recipe.holderCount === 0
      ? html('p', 'nobody', nobody)
      : line(parent, holders, 'holders', recipe.holders, recipe.holderCount, own),
  ];
  if (recipe.waiterCount > 0)
    parts.push(line(parent, waiters, 'waiters', recipe.waiters, recipe.waiterCount, own));
  return html('div', 'recipe', ...parts);
}

export function recipeSection() {
  const { element, heading, draw } = section('node-recipe', 'Recipe');
  return {
    element,
    /** @param {NodePage} page */
    update({ path, recipe, within }) {
      const shown = recipe ?? within?.recipe;
      element.hidden = shown === undefined;
      draw([path, recipe, within], () => {
        if (shown === undefined) return [];
        heading.textContent = `${recipeWords(shown.kind).title} · as ${shown.layout} lays it out`;
        if (recipe !== null) return [drawing(path, recipe, '')];
        if (within === null) return [];
        const link = html('a', '', visible(within.path));
        link.href = hashOf('tree', within.path);
        return [
          html('p', 'place', `${placeWords(shown, nameOf(path))} `, link),
          drawing(within.path, shown, nameOf(path)),
        ];
      });
    },
    /** Times go on. */
    tick() {
      for (const time of element.querySelectorAll('time')) {
        const text = lasting(Number(time.dataset.since), Date.now());
        if (time.textContent !== text) time.textContent = text;
      }
    },
  };
}
