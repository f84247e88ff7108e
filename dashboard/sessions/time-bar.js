// The time that a session has left, as a small bar.

import { html, say } from '../shell/dom.js';
import { timeLeft } from './sessions.js';

export function timeBar() {
  const fill = html('span', 'fill');
  const bar = html('span', 'bar', fill);
  bar.setAttribute('aria-hidden', 'true');
  const text = html('span', 'time-text');
  return {
    element: html('span', 'time-left', bar, text),
    /** @param {import('./sessions.js').SessionEntry} session */
    update(session) {
      const left = timeLeft(session);
      bar.hidden = left.share === undefined;
      bar.classList.toggle('late', (left.share ?? 1) < 0.25);
      fill.style.width = `${((left.share ?? 0) * 100).toFixed(0)}%`;
      say(text, left.text);
    },
  };
}
