// The two drawings of the page, as SVG elements. Colours come from the style sheet by class.

import { svg } from '../shell/dom.js';
import { LAG_OF_NOTE, lagShare } from './model.js';

const WIDTH = 560;
const HEIGHT = 330;
const RADIUS = 30;

/**
 * Members keep their places on an ellipse, in the order of their server ids: a change of leader moves no circle.
 * @param {number} place
 * @param {number} of
 */
function position(place, of) {
  if (of === 1) return { x: WIDTH / 2, y: HEIGHT / 2 };
  // Two stand side by side, more begin at the top.
  const angle = (2 * Math.PI * place) / of - (of === 2 ? Math.PI : Math.PI / 2);
  return { x: WIDTH / 2 + 200 * Math.cos(angle), y: HEIGHT / 2 - 6 + (HEIGHT / 2 - 54) * Math.sin(angle) };
}

/** @param {import('./model.js').Standing} member */
function roleClass(member) {
  if (!member.connected) return 'down';
  return member.role === 'leader' || member.role === 'learner' ? member.role : 'follower';
}

/**
 * @param {import('./model.js').Answer} answer
 * @returns {SVGElement}
 */
export function topology({ self, members }) {
  const places = members.map((member, place) => ({ member, ...position(place, members.length) }));
  const here = places.find(({ member }) => member.serverId === self.serverId);
  const links = places
    .filter(({ member }) => here !== undefined && member.serverId !== self.serverId)
    .map(({ member, x, y }) => {
      const kind = member.connected
        ? self.role === 'leader' || member.role === 'leader'
          ? 'carries'
          : 'idle'
        : 'broken';
      return svg('line', { x1: here?.x ?? 0, y1: here?.y ?? 0, x2: x, y2: y, class: `link ${kind}` });
    });
  const circles = places.map(({ member, x, y }) => {
    const text = member.role === 'voter' ? (member.connected ? 'member' : 'not connected') : member.role;
    const parts = [
      svg('circle', { r: RADIUS, class: 'disc' }),
      svg('text', { class: 'label', y: 7 }, String(member.serverId)),
      svg('text', { class: 'role', y: RADIUS + 20 }, member.connected ? text : 'not connected'),
    ];
    if (member.serverId === self.serverId) parts.unshift(svg('circle', { r: RADIUS + 6, class: 'self' }));
    const lag = member.lagEntries ?? 0;
    if (lag >= LAG_OF_NOTE && member.connected) {
      const share = lagShare(lag);
      const turn = 2 * Math.PI * (RADIUS + 1);
      const arc = {
        r: RADIUS + 1,
        class: 'lag',
        'stroke-dasharray': `${share * turn} ${turn}`,
        transform: 'rotate(-90)',
      };
      parts.splice(-2, 0, svg('circle', arc));
    }
    const group = svg('g', { class: `node ${roleClass(member)}`, transform: `translate(${x} ${y})` });
    group.append(...parts);
    return group;
  });
  const told = members
    .map((member) => `member ${member.serverId}: ${member.connected ? member.role : 'not connected'}`)
    .join(', ');
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Ensemble: ${told}` },
    ...links,
    ...circles,
  );
}

const CHART_WIDTH = 560;
const CHART_HEIGHT = 96;

/** @typedef {{readonly reads: number, readonly writes: number}} Point */

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
 * Reads and writes of the last seconds, newest at the right.
 * @param {readonly Point[]} points
 * @param {number} capacity
 * @param {(value: number) => string} format
 * @returns {SVGElement}
 */
export function chart(points, capacity, format) {
  const top = roundedTop(Math.max(0, ...points.map(({ reads, writes }) => Math.max(reads, writes))));
  const first = capacity - points.length;
  /** @param {'reads' | 'writes'} kind */
  const path = (kind) =>
    points
      .map((point, place) => {
        const x = ((first + place) / (capacity - 1)) * CHART_WIDTH;
        const y = CHART_HEIGHT - 2 - (point[kind] / top) * (CHART_HEIGHT - 16);
        return `${place === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      })
      .join('');
  const start = (first / (capacity - 1)) * CHART_WIDTH;
  /** @param {'reads' | 'writes'} kind */
  const shapes = (kind) =>
    points.length < 2
      ? []
      : [
          svg('path', {
            d: `${path(kind)}L${CHART_WIDTH} ${CHART_HEIGHT}L${start.toFixed(1)} ${CHART_HEIGHT}Z`,
            class: `area ${kind}`,
          }),
          svg('path', { d: path(kind), class: `line ${kind}` }),
        ];
  const seconds = capacity - 1;
  return svg(
    'svg',
    {
      viewBox: `0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`,
      role: 'img',
      'aria-label': `Reads and writes per second over the last ${seconds} seconds`,
    },
    svg('line', { x1: 0, x2: CHART_WIDTH, y1: 14, y2: 14, class: 'grid' }),
    svg('line', { x1: 0, x2: CHART_WIDTH, y1: CHART_HEIGHT - 1, y2: CHART_HEIGHT - 1, class: 'grid' }),
    svg('text', { x: 0, y: 10, class: 'scale' }, `${format(top)}/s`),
    svg('text', { x: CHART_WIDTH, y: 10, class: 'scale end' }, `last ${Math.round(seconds / 60)} min`),
    ...shapes('reads'),
    ...shapes('writes'),
  );
}
