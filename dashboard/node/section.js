// A part of a node's page, drawn anew only where what it shows has changed: nothing flickers, and no focus is lost.

import { html } from '../shell/dom.js';

/**
 * @param {string} id
 * @param {string} title
 */
export function section(id, title) {
  const heading = html('h3', '', title);
  heading.id = `${id}-title`;
  const tools = html('div', 'section-tools');
  const body = html('div', 'section-body');
  const element = html('section', 'card', html('div', 'section-head', heading, tools), body);
  element.id = id;
  element.setAttribute('aria-labelledby', heading.id);
  let drawn = '';
  return {
    element,
    heading,
    tools,
    body,
    /**
     * @param {unknown} shown What the section shows, as JSON has it.
     * @param {() => readonly (Node | string)[]} draw
     */
    draw(shown, draw) {
      const key = JSON.stringify(shown);
      if (key === drawn) return;
      drawn = key;
      body.replaceChildren(...draw());
    },
  };
}

/** @param {readonly (readonly [string, Node | string])[]} facts */
export function factList(facts) {
  return html(
    'dl',
    'fact-list',
    ...facts.map(([term, value]) => html('div', '', html('dt', '', term), html('dd', '', value))),
  );
}
