// The drawing of the ensemble: who leads, who follows, who is away. Colours come from the style sheet by class.

import { svg } from '../shell/dom.js';
import { lagShare } from './members.js';
import { isInReach, LAG_OF_NOTE, leaderOf, roleOf } from './verdict.js';

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').EnsembleReport} EnsembleReport
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberEntry} MemberEntry
 */

const WIDTH = 560;
const HEIGHT = 330;
const RADIUS = 30;

/**
 * Members keep their places on an ellipse, in the order of their server ids: a change of leader moves no circle.
 * @param {number} place
 * @param {number} of
 */
export function position(place, of) {
  if (of === 1) return { x: WIDTH / 2, y: HEIGHT / 2 };
  // Two stand side by side, more begin at the top.
  const angle = (2 * Math.PI * place) / of - (of === 2 ? Math.PI : Math.PI / 2);
  return { x: WIDTH / 2 + 200 * Math.cos(angle), y: HEIGHT / 2 - 6 + (HEIGHT / 2 - 54) * Math.sin(angle) };
}

/** @param {MemberEntry} entry */
function kindOf(entry) {
  if (!isInReach(entry)) return 'down';
  const role = roleOf(entry);
  return role === 'leader' || role === 'learner' ? role : 'follower';
}

/** @param {number} share Of the turn. */
function lagArc(share) {
  const turn = 2 * Math.PI * (RADIUS + 1);
  return svg('circle', {
    r: RADIUS + 1,
    class: 'lag',
    'stroke-dasharray': `${share * turn} ${turn}`,
    transform: 'rotate(-90)',
  });
}

/** @param {MemberEntry} entry @param {{x: number, y: number}} at @param {boolean} isAsked */
function disc(entry, { x, y }, isAsked) {
  const { serverId, lagEntries = 0 } = entry.standing;
  const kind = kindOf(entry);
  const group = svg('g', { class: `node ${kind}`, transform: `translate(${x} ${y})` });
  if (isAsked) group.append(svg('circle', { r: RADIUS + 6, class: 'self' }));
  group.append(svg('circle', { r: RADIUS, class: 'disc' }));
  if (lagEntries >= LAG_OF_NOTE && kind !== 'down') group.append(lagArc(lagShare(lagEntries)));
  group.append(
    svg('text', { class: 'label', y: 7 }, String(serverId)),
    svg('text', { class: 'role', y: RADIUS + 20 }, kind === 'down' ? 'not connected' : roleOf(entry)),
  );
  return group;
}

/**
 * The leader is drawn with a line to each of the others; where nobody leads, the member that was asked.
 * @param {EnsembleReport} report
 * @returns {SVGElement}
 */
export function topology(report) {
  const { members, askedMember } = report;
  const leader = leaderOf(report);
  const places = members.map((entry, place) => ({ entry, at: position(place, members.length) }));
  const middle = places.find(({ entry }) => entry.standing.serverId === (leader ?? askedMember));
  const links = places
    .filter((place) => middle !== undefined && place !== middle)
    .map(({ entry, at }) => {
      const kind = !isInReach(entry) ? 'broken' : leader === undefined ? 'idle' : 'carries';
      return svg('line', {
        x1: middle?.at.x ?? 0,
        y1: middle?.at.y ?? 0,
        x2: at.x,
        y2: at.y,
        class: `link ${kind}`,
      });
    });
  const told = members.map(
    (entry) => `member ${entry.standing.serverId}: ${isInReach(entry) ? roleOf(entry) : 'not connected'}`,
  );
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Ensemble: ${told.join(', ')}` },
    ...links,
    ...places.map(({ entry, at }) => disc(entry, at, entry.standing.serverId === askedMember)),
  );
}

/** What of the report is drawn: as long as it is the same, so is the drawing. @param {EnsembleReport} report */
export function drawnOf(report) {
  const members = report.members.map((entry) => [
    entry.standing.serverId,
    kindOf(entry),
    roleOf(entry),
    entry.standing.lagEntries ?? 0,
  ]);
  return JSON.stringify([leaderOf(report), report.askedMember, members]);
}
