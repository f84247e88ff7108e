// Latency as a heat map: a row for each kind of work, percentiles from left to right; the colour repeats what the number says.

import { html, say } from '../shell/dom.js';
import { count, milliseconds, span } from '../shell/format.js';
import { keyedRows } from '../shell/keyed-rows.js';
import { reportOf } from './history.js';
import { heatOf, latencyRows } from './latency.js';
import { memberChoice } from './member-choice.js';

/**
 * @typedef {import('./history.js').Sample} Sample
 * @typedef {import('./members.js').History} History
 */

/** @type {readonly (readonly ['p50' | 'p90' | 'p99' | 'p999' | 'max', string])[]} */
const COLUMNS = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['p999', 'p99.9'],
  ['max', 'max'],
];

/** @param {string} key */
function heatRow(key) {
  const title = html('th', '');
  title.scope = 'row';
  const many = html('td', 'number quiet');
  const cells = COLUMNS.map(([of]) => ({ of, element: html('td', 'heat number') }));
  const row = html('tr', '', title, ...cells.map(({ element }) => element), many);
  row.dataset.row = key;
  return {
    element: row,
    /** @param {import('./latency.js').LatencyRow} latency */
    update(latency) {
      const { percentiles } = latency;
      say(title, latency.title);
      say(many, percentiles === undefined ? '–' : count(percentiles.count));
      for (const { of, element } of cells) {
        const ms = percentiles?.[of];
        say(element, milliseconds(ms));
        if (ms === undefined) delete element.dataset.heat;
        else element.dataset.heat = String(heatOf(ms));
      }
    },
  };
}

/** @returns {{readonly element: HTMLElement, update(sample: Sample, history: History): void}} */
export function heatMap() {
  /** @type {(() => void) | undefined} */
  let again;
  const redraw = () => again?.();
  const member = memberChoice('heat-member', 'Latency of', redraw);
  const period = html('select', 'small');
  period.id = 'heat-period';
  period.setAttribute('aria-label', 'Period');
  period.append(new Option('last minute', 'minute'), new Option('since the start', 'start'));
  period.addEventListener('change', redraw);

  const body = html('tbody', '');
  const headings = [
    html('th', '', 'Work'),
    ...COLUMNS.map(([, title]) => html('th', 'number', title)),
    html('th', 'number', 'How many'),
  ];
  for (const heading of headings) heading.scope = 'col';
  const told = html('caption', 'quiet small');
  const table = html('table', 'heat-map', told, html('thead', '', html('tr', '', ...headings)), body);
  table.id = 'heat-map';
  const rows = keyedRows(body, heatRow);
  const title = html('h2', 'title', 'Latency');
  title.id = 'latency-title';
  const scroller = html('div', 'table', table);
  // Where there is little width it scrolls by itself, by keys, too.
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'region');
  scroller.setAttribute('aria-label', 'Table of latencies');
  const element = html(
    'section',
    'card',
    html('div', 'card-head', title, html('div', 'choices', member.element, period)),
    scroller,
  );
  element.setAttribute('aria-labelledby', title.id);

  /** @param {Sample} sample @param {History} history */
  function update(sample, history) {
    again = () => update(sample, history);
    const serverIds = sample.report.members.map(({ standing }) => standing.serverId);
    member.offer(serverIds);
    const chosen = member.chosen();
    const isMinute = period.value === 'minute';
    const those = serverIds
      .filter((serverId) => chosen === undefined || serverId === chosen)
      .map((serverId) => ({
        now: reportOf(sample.report, serverId)?.durations ?? [],
        minute: history.minuteAgo(serverId),
      }));
    const known = isMinute ? those.filter(({ minute }) => minute !== undefined) : those;
    const latencies = latencyRows(
      known.map(({ now, minute }) => ({ now, before: isMinute ? (minute?.durations ?? []) : [] })),
    );
    const agoMs = Math.max(0, ...known.map(({ minute }) => minute?.agoMs ?? 0));
    say(
      told,
      !isMinute
        ? 'In milliseconds, since the start of each member.'
        : agoMs === 0
          ? 'Looking: the first numbers come in a second.'
          : `In milliseconds, of the last ${span(agoMs)}: bounds that this part of all does not exceed.`,
    );
    for (const [at, row] of rows(latencies.map(({ key }) => key)).entries()) {
      const latency = latencies[at];
      if (latency !== undefined) row.update(latency);
    }
  }
  return { element, update };
}
