// What is known of a node besides its value: the known format, the stat, the access list.

import { html, say } from '../shell/dom.js';
import { visible } from '../shell/visible-text.js';
import { mayWords, whoWords } from '../znode/acl-words.js';
import { ownerOf, statWords } from '../znode/stat-words.js';
import { sessionLink } from './recipe-section.js';
import { factList, section } from './section.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */

export function formatSection() {
  const { element, heading, draw } = section('node-format', 'Known format');
  return {
    element,
    /** @param {NodePage} page */
    update({ format }) {
      // Of JSON alone the value says all that there is to say.
      element.hidden = format === null || (format.name === 'json' && format.fields.length === 0);
      draw(format, () => {
        if (format === null) return [];
        heading.textContent = `Known format · ${visible(format.name)}`;
        return [
          html('p', 'quiet', visible(format.explained)),
          factList(format.fields.map(({ name, value }) => [visible(name), visible(value)])),
        ];
      });
    },
  };
}

export function statSection() {
  const { element, draw } = section('node-stat', 'Stat');
  /** @type {NodePage | undefined} */
  let shown;
  const words = html('dl', 'fact-list');
  /** @param {NodePage} page */
  function drawWords({ stat }) {
    const facts = statWords(stat, Date.now());
    for (const [at, [term, text]] of facts.entries()) {
      const pair = words.children[at];
      if (pair === undefined) words.append(html('div', '', html('dt', '', term), html('dd', '', text)));
      else {
        if (pair.firstElementChild) say(pair.firstElementChild, term);
        if (pair.lastElementChild) say(pair.lastElementChild, text);
      }
    }
    while (words.children.length > facts.length) words.lastElementChild?.remove();
  }

  return {
    element,
    /** @param {NodePage} page */
    update(page) {
      shown = page;
      const { path, stat } = page;
      draw([path, stat], () => {
        const raw = html('details', 'raw', html('summary', '', 'Raw numbers'));
        raw.append(factList(Object.entries(stat).map(([name, value]) => [name, String(value)])));
        const owner = ownerOf(stat.ephemeralOwner);
        const belongs =
          owner === null
            ? []
            : [
                html(
                  'p',
                  'belongs',
                  'Ephemeral: belongs to session ',
                  sessionLink(owner),
                  ', and goes with it.',
                ),
              ];
        return [...belongs, words, raw];
      });
      drawWords(page);
    },
    /** Times go on. */
    tick() {
      if (shown !== undefined) drawWords(shown);
    },
  };
}

export function aclSection() {
  const { element, tools, draw } = section('node-acl', 'Access list');
  return {
    element,
    tools,
    /** @param {NodePage} page */
    update({ path, acl }) {
      draw([path, acl], () => {
        if (acl === null) return [html('p', 'quiet', 'It is not shown to you.')];
        const entries = acl.map((entry) => {
          const who = html('b', '', visible(whoWords(entry)));
          const item = html('li', '', who, ` ${mayWords(entry)}`);
          item.title = visible(`${entry.scheme}:${entry.id}`);
          return item;
        });
        return [html('ul', 'acl-words', ...entries)];
      });
    },
  };
}
