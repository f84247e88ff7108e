// What is done now: requests of the last minutes, and what there is.

import { html, say } from '../shell/dom.js';
import { bytes, count, rate } from '../shell/format.js';
import { chart } from './chart.js';
import { ratesAt, reportOf } from './history.js';
import { memberChoice } from './member-choice.js';

/**
 * @typedef {import('./history.js').Sample} Sample
 * @typedef {import('./members.js').History} History
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberReport} MemberReport
 */

/** Of the ensemble, each member holds the same: the greatest number is the newest. Of the members' own, the sum is told. */
/** @type {readonly {readonly title: string, readonly of: string, readonly isShared: boolean, readonly format: (value: number) => string}[]} */
const FACTS = [
  { title: 'Sessions', of: 'sessions', isShared: true, format: count },
  { title: 'Connections', of: 'connections', isShared: false, format: count },
  { title: 'Watches', of: 'watches', isShared: false, format: count },
  { title: 'Znodes', of: 'nodes', isShared: true, format: count },
  { title: 'Tree', of: 'treeBytes', isShared: true, format: bytes },
  { title: 'Committed', of: 'commitIndex', isShared: true, format: count },
];

/**
 * @param {readonly MemberReport[]} reports
 * @param {{readonly of: string, readonly isShared: boolean}} fact
 * @returns {number | undefined}
 */
export function factOf(reports, { of, isShared }) {
  const values = reports.flatMap(({ metrics }) => metrics[of] ?? []);
  if (values.length === 0) return undefined;
  return isShared ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0);
}

/** @returns {{readonly element: HTMLElement, update(sample: Sample, history: History): void}} */
export function work() {
  /** @type {(() => void) | undefined} */
  let again;
  const member = memberChoice('chart-member', 'Requests of', () => again?.());
  const total = html('strong', '', '–');
  total.id = 'rate-total';
  const numbers = {
    reads: html('b', '', '–'),
    writes: html('b', '', '–'),
  };
  /** @param {'reads' | 'writes'} kind */
  const legend = (kind) => {
    const swatch = html('span', `swatch ${kind}`);
    swatch.setAttribute('aria-hidden', 'true');
    return html('li', '', swatch, `${kind} `, numbers[kind]);
  };
  const drawing = html('div', 'chart');
  drawing.id = 'chart';
  const facts = FACTS.map((fact) => ({ fact, value: html('dd', '', '–') }));
  const title = html('h2', 'title', 'Requests');
  title.id = 'work-title';
  const element = html(
    'section',
    'card',
    html('div', 'card-head', title, html('div', 'choices', member.element)),
    html(
      'div',
      'rate',
      html('p', '', total, html('span', 'unit', 'per second')),
      html('ul', '', legend('reads'), legend('writes')),
    ),
    drawing,
    html(
      'dl',
      'facts',
      ...facts.map(({ fact, value }) => html('div', '', html('dt', '', fact.title), value)),
    ),
  );
  element.setAttribute('aria-labelledby', title.id);

  /** @param {Sample} sample @param {History} history */
  function update(sample, history) {
    again = () => update(sample, history);
    const { members } = sample.report;
    member.offer(members.map(({ standing }) => standing.serverId));
    const chosen = member.chosen();
    const points = history.points().map((point) => ({ atMs: point.atMs, rates: ratesAt(point, chosen) }));
    const last = points.at(-1);
    const now = last?.atMs === sample.atMs ? last.rates : undefined;
    say(total, rate(now === undefined ? undefined : now.reads + now.writes));
    say(numbers.reads, rate(now?.reads));
    say(numbers.writes, rate(now?.writes));
    drawing.replaceChildren(...chart(points, sample.atMs, rate));
    const reports =
      chosen === undefined
        ? members.flatMap(({ report }) => report ?? [])
        : [reportOf(sample.report, chosen)];
    const known = reports.filter((report) => report !== undefined);
    for (const { fact, value } of facts) {
      const number = factOf(known, fact);
      say(value, number === undefined ? '–' : fact.format(number));
    }
  }
  return { element, update };
}
