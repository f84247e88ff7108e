// Reads and writes of the last minutes. Lines are drawn, numbers stand beside them as text of the page: they are as large as all other text at any width.

import { html, svg } from '../shell/dom.js';
import { CHART_MS } from './history.js';

const WIDTH = 560;
const HEIGHT = 96;
/** Where nothing was told for longer, nothing is drawn. */
const BREAK_MS = 5000;

/**
 * @typedef {object} Drawn
 * @property {number} atMs
 * @property {import('./history.js').Rates | undefined} rates
 */

/** 1, 2 or 5 times a power of ten: the top of the chart does not jump with each sample.
 * @param {number} value
 */
export function roundedTop(value) {
  if (value <= 10) return 10;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
}

/**
 * Stretches without a gap, of two points at least: what is unknown is not drawn as nothing.
 * @param {readonly Drawn[]} points
 * @returns {readonly (readonly {readonly atMs: number, readonly rates: import('./history.js').Rates}[])[]}
 */
export function stretches(points) {
  /** @type {{atMs: number, rates: import('./history.js').Rates}[][]} */
  const all = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { atMs, rates } of points) {
    if (rates === undefined) continue;
    if (atMs - last > BREAK_MS) all.push([]);
    all.at(-1)?.push({ atMs, rates });
    last = atMs;
  }
  return all.filter(({ length }) => length > 1);
}

/**
 * @param {readonly Drawn[]} points
 * @param {number} nowMs
 * @param {(value: number) => string} format
 */
export function chart(points, nowMs, format) {
  const greatest = points.map(({ rates }) => Math.max(rates?.reads ?? 0, rates?.writes ?? 0));
  const top = roundedTop(Math.max(0, ...greatest));
  /** @param {number} atMs */
  const across = (atMs) => (WIDTH * (1 - (nowMs - atMs) / CHART_MS)).toFixed(1);
  /** @param {'reads' | 'writes'} kind */
  const shapes = (kind) =>
    stretches(points).flatMap((stretch) => {
      const line = stretch
        .map(({ atMs, rates }, at) => {
          const y = HEIGHT - 2 - (rates[kind] / top) * (HEIGHT - 4);
          return `${at === 0 ? 'M' : 'L'}${across(atMs)} ${y.toFixed(1)}`;
        })
        .join('');
      const from = across(stretch[0]?.atMs ?? nowMs);
      const to = across(stretch.at(-1)?.atMs ?? nowMs);
      return [
        svg('path', { d: `${line}L${to} ${HEIGHT}L${from} ${HEIGHT}Z`, class: `area ${kind}` }),
        svg('path', { d: line, class: `line ${kind}` }),
      ];
    });
  const minutes = CHART_MS / 60_000;
  const drawing = svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `Reads and writes per second over the last ${minutes} minutes, ${format(top)} at the top`,
    },
    svg('line', { x1: 0, x2: WIDTH, y1: 1, y2: 1, class: 'grid' }),
    svg('line', { x1: 0, x2: WIDTH, y1: HEIGHT - 1, y2: HEIGHT - 1, class: 'grid' }),
    ...shapes('reads'),
    ...shapes('writes'),
  );
  const scale = html(
    'p',
    'scale',
    html('span', '', `${format(top)}/s`),
    html('span', '', `last ${minutes} min`),
  );
  scale.setAttribute('aria-hidden', 'true');
  return [scale, drawing];
}
