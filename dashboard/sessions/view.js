import { html } from '../shell/dom.js';

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Sessions',
  mount(root) {
    root.append(html('h2', '', 'Sessions'));
    return { unmount: () => {} };
  },
};
