import { html } from '../shell/dom.js';

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Ensemble',
  mount(root) {
    root.append(html('h2', '', 'Ensemble'));
    return { unmount: () => {} };
  },
};
