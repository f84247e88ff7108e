// How near each limit is, the nearest first: a bar for each member.

import { html, say } from '../shell/dom.js';
import { bytes, count, percent } from '../shell/format.js';
import { keyedRows } from '../shell/keyed-rows.js';
import { nearest } from './limits.js';

/** @param {number} value @param {'count' | 'bytes'} unit */
function amount(value, unit) {
  return unit === 'bytes' ? bytes(value) : count(value);
}

/** @param {number} part */
function toneOf(part) {
  return part >= 0.9 ? 'bad' : part >= 0.7 ? 'warn' : 'good';
}

/** @param {string} key Server id. */
function useRow(key) {
  const fill = html('span', 'fill');
  const bar = html('span', 'bar', fill);
  bar.setAttribute('aria-hidden', 'true');
  const told = html('span', 'use-text');
  const element = html('li', 'use', html('span', 'quiet', `member ${key}`), bar, told);
  return {
    element,
    /** @param {import('./limits.js').Use} use */
    update({ used, most, unit, part }) {
      element.dataset.tone = toneOf(part);
      fill.style.width = `${Math.min(100, part * 100).toFixed(1)}%`;
      say(told, percent(part));
      element.title = `${amount(used, unit)} of ${amount(most, unit)}`;
    },
  };
}

/** @param {string} key The limit's name. */
function limitRow(key) {
  const what = html('span', 'what');
  const most = html('span', 'quiet small');
  const uses = html('ul', 'uses');
  const element = html('li', 'limit', html('p', 'limit-head', what, most), uses);
  element.dataset.limit = key;
  const rows = keyedRows(uses, useRow);
  return {
    element,
    /** @param {import('./limits.js').Limit} limit */
    update({ name, what: words, uses: all, worst }) {
      say(what, words);
      what.title = name;
      say(most, `${amount(worst.used, worst.unit)} of ${amount(worst.most, worst.unit)}`);
      for (const [at, row] of rows(all.map(({ serverId }) => String(serverId))).entries()) {
        const use = all[at];
        if (use !== undefined) row.update(use);
      }
    },
  };
}

/** @returns {{readonly element: HTMLElement, update(report: import('./verdict.js').EnsembleReport): void}} */
export function limitsList() {
  const list = html('ol', 'limits');
  list.id = 'limits';
  const title = html('h2', 'title', 'Limits, the nearest first');
  title.id = 'limits-title';
  const element = html('section', 'card', title, list);
  element.setAttribute('aria-labelledby', title.id);
  const rows = keyedRows(list, limitRow);
  return {
    element,
    update({ members }) {
      const limits = nearest(members);
      for (const [at, row] of rows(limits.map(({ name }) => name)).entries()) {
        const limit = limits[at];
        if (limit !== undefined) row.update(limit);
      }
    },
  };
}
