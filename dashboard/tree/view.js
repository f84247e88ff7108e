import { html } from '../shell/dom.js';

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Tree',
  mount(root) {
    root.append(html('h2', '', 'Tree'));
    return { unmount: () => {} };
  },
};
