import { html } from '../shell/dom.js';

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Watch',
  mount(root) {
    root.append(html('h2', '', 'Watch'));
    return { unmount: () => {} };
  },
};
