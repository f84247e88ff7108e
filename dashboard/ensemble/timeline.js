// Elections as a timeline: a lane for each member, filled while it led; where nobody did, red across all of them.

import { html, say } from '../shell/dom.js';
import { clockTime, millis, span } from '../shell/format.js';
import { keyedRows } from '../shell/keyed-rows.js';
import { leadership, placed } from './leadership.js';

/**
 * @typedef {import('./leadership.js').Reign} Reign
 * @typedef {import('./leadership.js').Gap} Gap
 */

const HOUR_MS = 3_600_000;
/** @type {readonly (readonly [number, string])[]} */
const RANGES = [
  [HOUR_MS / 4, 'last 15 minutes'],
  [HOUR_MS, 'last hour'],
  [24 * HOUR_MS, 'last day'],
  [7 * 24 * HOUR_MS, 'last week'],
];
const ALL = 'all';
const LANE_PX = 26;
/** Labels of gaps that are nearer to each other than this part of the width would lie on each other. */
const LABEL_PART = 0.08;
const LISTED = 12;

/** @param {Reign | Gap} part @param {number} nowMs */
export function told(part, nowMs) {
  const from = clockTime(part.fromMs, nowMs);
  const lasted = millis(part.toMs - part.fromMs);
  if (part.kind === 'gap') {
    return part.isOn ? `Nobody leads since ${from}, for ${lasted}` : `Nobody led at ${from}, for ${lasted}`;
  }
  return part.isOn
    ? `Member ${part.leader} leads since ${from}, for ${lasted}, in term ${part.term}`
    : `Member ${part.leader} led from ${from} for ${lasted}, in term ${part.term}`;
}

/** @param {Reign | Gap} part */
function keyOf(part) {
  return `${part.kind} ${part.term}`;
}

/**
 * @param {(text: string) => void} say
 * @returns {(key: string) => {readonly element: HTMLButtonElement, update(part: Reign | Gap, from: number, to: number, lane: number, lanes: number, nowMs: number, isLabelled: boolean): void}}
 */
function segments(say) {
  return (key) => {
    const element = html('button', 'segment', html('span', 'gap-label'));
    element.type = 'button';
    element.dataset.key = key;
    element.tabIndex = -1;
    let text = '';
    const tell = () => say(text);
    element.addEventListener('focus', tell);
    element.addEventListener('pointerenter', tell);
    return {
      element,
      update(part, from, to, lane, lanes, nowMs, isLabelled) {
        element.className = `segment ${part.kind}${part.isOn ? ' on' : ''}`;
        element.style.left = `${(from * 100).toFixed(3)}%`;
        element.style.width = `${((to - from) * 100).toFixed(3)}%`;
        element.style.top = `${part.kind === 'gap' ? 0 : lane * LANE_PX}px`;
        element.style.height = `${part.kind === 'gap' ? lanes * LANE_PX : LANE_PX - 6}px`;
        text = told(part, nowMs);
        element.setAttribute('aria-label', text);
        const label = element.firstElementChild;
        if (label !== null) label.textContent = isLabelled ? millis(part.toMs - part.fromMs) : '';
      },
    };
  };
}

/** One of them is in the order of Tab; arrows go on from there. @param {HTMLElement} tracks */
function walkByArrows(tracks) {
  tracks.addEventListener('keydown', (event) => {
    const step = {
      ArrowLeft: -1,
      ArrowRight: 1,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    }[event.key];
    const all = /** @type {HTMLElement[]} */ ([...tracks.children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (step === undefined || at < 0) return;
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  });
  tracks.addEventListener('focusin', ({ target }) => {
    for (const element of /** @type {HTMLElement[]} */ ([...tracks.children]))
      element.tabIndex = element === target ? 0 : -1;
  });
}

/** @param {readonly (Reign | Gap)[]} line @param {number} nowMs The shortest range that shows how it came to be as it is. */
function firstRange(line, nowMs) {
  const since =
    line.findLast(({ kind, isOn }) => kind === 'reign' && !isOn)?.toMs ?? line[0]?.fromMs ?? nowMs;
  return String(RANGES.find(([ms]) => nowMs - since < ms * 0.9)?.[0] ?? ALL);
}

/** @returns {{readonly element: HTMLElement, update(report: import('./verdict.js').EnsembleReport): void}} */
export function timeline() {
  const range = html('select', 'small');
  range.id = 'timeline-range';
  range.setAttribute('aria-label', 'Range of the timeline');
  range.append(
    ...RANGES.map(([ms, title]) => new Option(title, String(ms))),
    new Option('all that is known', ALL),
  );
  const lanes = html('ul', 'lane-names');
  const tracks = html('div', 'tracks');
  tracks.id = 'timeline';
  tracks.setAttribute('role', 'group');
  tracks.setAttribute('aria-label', 'Elections, from the oldest to now');
  const tells = html('p', 'tells');
  tells.id = 'timeline-tells';
  const axis = html('p', 'axis quiet small', html('span', ''), html('span', '', 'now'));
  axis.setAttribute('aria-hidden', 'true');
  const list = html('ol', 'changes small');
  list.id = 'leader-changes';
  const title = html('h2', 'title', 'Elections');
  title.id = 'elections-title';
  const element = html(
    'section',
    'card',
    html('div', 'card-head', title, html('div', 'choices', range)),
    html('div', 'lanes', lanes, tracks),
    axis,
    tells,
    html('details', '', html('summary', 'small', 'The last changes as a list'), list),
  );
  element.setAttribute('aria-labelledby', title.id);
  const parts = keyedRows(
    tracks,
    segments((text) => say(tells, text)),
  );
  const items = keyedRows(list, () => ({ element: html('li', '') }));
  const names = keyedRows(lanes, (key) => ({ element: html('li', '', `member ${key}`) }));
  walkByArrows(tracks);
  let isChosen = false;
  /** @type {(() => void) | undefined} */
  let again;
  range.addEventListener('change', () => again?.());

  /** @param {import('./verdict.js').EnsembleReport} report */
  function update(report) {
    again = () => update(report);
    const { members, atMs } = report;
    const line = leadership(members, atMs);
    if (!isChosen && line.length > 0) range.value = firstRange(line, atMs);
    isChosen ||= line.length > 0;
    // One that led and is a member no more has its lane all the same.
    const led = line.flatMap((part) => (part.kind === 'reign' ? [part.leader] : []));
    const serverIds = [...new Set([...members.map(({ standing }) => standing.serverId), ...led])].sort(
      (a, b) => a - b,
    );
    names(serverIds.map(String));
    tracks.style.height = `${serverIds.length * LANE_PX}px`;
    const begunMs = line[0]?.fromMs ?? atMs;
    const rangeMs = range.value === ALL ? Math.max(1000, atMs - begunMs) : Number(range.value);
    say(/** @type {Element} */ (axis.firstElementChild), clockTime(atMs - rangeMs, atMs));
    const shown = placed(line, atMs, rangeMs);
    let labelled = Number.NEGATIVE_INFINITY;
    for (const [at, segment] of parts(shown.map(({ part }) => keyOf(part))).entries()) {
      const place = shown[at];
      if (place === undefined) continue;
      const { part, from, to } = place;
      const isLabelled = part.kind === 'gap' && from - labelled >= LABEL_PART;
      if (isLabelled) labelled = from;
      const lane = part.kind === 'gap' ? 0 : serverIds.indexOf(part.leader);
      segment.update(part, from, to, lane, serverIds.length, atMs, isLabelled);
    }
    const all = /** @type {HTMLElement[]} */ ([...tracks.children]);
    const last = all.at(-1);
    if (last !== undefined && !all.some(({ tabIndex }) => tabIndex === 0)) last.tabIndex = 0;
    const latest = line.slice(-LISTED).reverse();
    for (const [at, { element: item }] of items(latest.map(keyOf)).entries()) {
      const part = latest[at];
      if (part !== undefined) say(item, told(part, atMs));
    }
    if (!tracks.matches(':focus-within, :hover')) say(tells, summary(line, shown.length, atMs, rangeMs));
  }
  return { element, update };
}

/**
 * @param {readonly (Reign | Gap)[]} line
 * @param {number} shown
 * @param {number} atMs
 * @param {number} rangeMs
 */
function summary(line, shown, atMs, rangeMs) {
  if (line.length === 0) return 'No member tells of an election.';
  if (shown === 0) return '';
  const gaps = line.filter(({ kind, toMs }) => kind === 'gap' && toMs > atMs - rangeMs);
  if (gaps.length === 0) return 'Somebody led all of the time.';
  const lost = gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return `${gaps.length === 1 ? 'One time' : `${gaps.length} times`} without a leader, ${lost < 1000 ? millis(lost) : span(lost)} in all.`;
}
