// Sessions of the ensemble: all of them, or one.

import { sessionDetail } from './detail.js';
import { sessionList } from './list.js';

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Sessions',
  mount(root, place, shell) {
    /** @param {import('../shell/router.js').Place} to */
    const open = (to) =>
      to.path === '/'
        ? { list: sessionList(root, to, shell) }
        : { detail: sessionDetail(root, to.path.slice(1), shell) };
    let shown = open(place);
    const close = () => (shown.list ?? shown.detail)?.unmount();
    return {
      unmount: close,
      moveTo(to) {
        if (shown.list !== undefined && to.path === '/') return shown.list.moveTo(to);
        close();
        shown = open(to);
        const { title } = shown.list ?? shown.detail;
        title.tabIndex = -1;
        title.focus();
      },
    };
  },
};
