// Events of a path as they come in.

import { button, html, say, svg } from '../shell/dom.js';
import { hashOf } from '../shell/router.js';
import { virtualList } from '../shell/virtual-list.js';
import { visible } from '../shell/visible-text.js';
import { follow } from '../znode/follow.js';
import { typedPath } from '../znode/node-path.js';
import { counted, zxidText } from '../znode/stat-words.js';
import { EventLog, MOST_EVENTS, SECONDS } from './event-log.js';

const ROW_HEIGHT = 34;
const TICK_MS = 1000;
const CHART_WIDTH = 240;
const CHART_HEIGHT = 36;
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** @typedef {import('./event-log.js').LoggedEvent} LoggedEvent */
/** @typedef {import('../znode/follow.js').Change} Change */

/** @param {Change} change @returns {string} */
function wordsOf({ what, fromZxid, toZxid, node }) {
  if (what === 'missed')
    return `what was written after ${zxidText(fromZxid ?? 0)} up to ${zxidText(toZxid ?? 0)} may not be shown`;
  if (what === 'start') return node === null ? 'there is no such node yet' : 'from here on all is shown';
  if (what === 'resumed') return 'taken up again: nothing is left out but what is said';
  return '';
}

/** @param {HTMLElement} element @param {LoggedEvent | undefined} event */
function fillRow(element, event) {
  const [time, what, path, zxid] = element.children;
  if (event === undefined || !time || !what || !path || !zxid) return;
  element.className = `event ${event.what.replace(' ', '-')}`;
  say(time, CLOCK.format(event.atMs));
  say(what, event.what);
  const link = /** @type {HTMLAnchorElement} */ (path.firstElementChild ?? path.appendChild(html('a', '')));
  link.href = hashOf('tree', event.path);
  say(link, visible(event.path));
  link.title = visible(event.path);
  say(zxid, event.says !== '' ? event.says : event.zxid === undefined ? '' : zxidText(event.zxid));
  zxid.classList.toggle('words', event.says !== '');
}

function makeRow() {
  const row = html(
    'div',
    'event',
    html('span', 'event-time'),
    html('span', 'event-what'),
    html('span', 'event-path'),
    html('span', 'event-zxid'),
  );
  row.setAttribute('role', 'listitem');
  return row;
}

/** @param {readonly number[]} counts */
function rateChart(counts) {
  const top = Math.max(4, ...counts);
  const width = CHART_WIDTH / SECONDS;
  const bars = counts.map((count, at) => {
    const height = count === 0 ? 0 : Math.max(2, (count / top) * CHART_HEIGHT);
    return svg('rect', {
      x: at * width + 0.5,
      y: CHART_HEIGHT - height,
      width: width - 1,
      height,
      class: 'rate-bar',
    });
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  return svg(
    'svg',
    {
      viewBox: `0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`,
      role: 'img',
      'aria-label': `${counted(total, 'event')} in the last minute, ${Math.max(...counts)} in the busiest second`,
    },
    ...bars,
  );
}

/** @param {import('../shell/shell.js').Shell} shell @param {string} path @param {boolean} isRecursive */
function watchForm(shell, path, isRecursive) {
  const input = html('input', 'path');
  input.id = 'watch-path';
  input.dataset.search = '';
  input.autocomplete = 'off';
  input.spellcheck = false;
  input.value = path;
  input.setAttribute('autocapitalize', 'off');
  input.setAttribute('aria-label', 'Path to watch');
  const below = html('input', '');
  below.type = 'checkbox';
  below.id = 'watch-recursive';
  below.checked = isRecursive;
  const start = html('button', 'primary small', 'Watch');
  start.type = 'submit';
  const problem = html('p', 'problem');
  problem.setAttribute('role', 'alert');
  const form = html(
    'form',
    'watch-form',
    input,
    html('label', 'check', below, ' and all below it'),
    start,
    problem,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const typed = typedPath(input.value);
    say(problem, 'problem' in typed ? typed.problem : '');
    if ('path' in typed) shell.go(hashOf('watch', typed.path, below.checked ? { recursive: '' } : {}));
  });
  return form;
}

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Watch',
  mount(root, place, shell) {
    const { path, query } = place;
    const isRecursive = query.has('recursive');
    const log = new EventLog();
    const ending = new AbortController();
    /** What is seen: it stays as it is while the view is paused. @type {LoggedEvent[]} */
    let seen = [];
    let isPaused = false;
    let pausedAt = 0;
    let isDue = false;

    const state = html('p', 'watch-state', 'Starting…');
    state.id = 'watch-state';
    state.setAttribute('role', 'status');
    const chart = html('div', 'rate-chart');
    chart.id = 'watch-rate';
    const total = html('p', 'quiet small');
    total.id = 'watch-total';
    const pause = button('small', 'Pause', () => {
      isPaused = !isPaused;
      pausedAt = log.count;
      pause.setAttribute('aria-pressed', String(isPaused));
      say(pause, isPaused ? 'Go on' : 'Pause');
      show();
    });
    pause.id = 'watch-pause';
    pause.setAttribute('aria-pressed', 'false');
    const clear = button('small', 'Clear', () => {
      log.clear();
      pausedAt = 0;
      seen = [];
      list.refresh();
      tick();
    });
    clear.id = 'watch-clear';
    const scroller = html('div', 'events code');
    scroller.id = 'watch-events';
    scroller.tabIndex = 0;
    scroller.setAttribute('role', 'list');
    scroller.setAttribute('aria-label', 'Events, the newest first');
    const list = virtualList(scroller, {
      rowHeight: ROW_HEIGHT,
      count: () => seen.length,
      make: makeRow,
      fill: (element, row) => fillRow(element, seen[row]),
    });

    function tick() {
      chart.replaceChildren(rateChart(log.perSecond(Date.now())));
      const more =
        isPaused && log.count > pausedAt
          ? `, ${counted(log.count - pausedAt, 'more', 'more')} since it was paused`
          : '';
      const cut = log.count > MOST_EVENTS ? `, of which the last ${MOST_EVENTS} are kept` : '';
      say(total, `${counted(log.count, 'event')}${cut}${more}`);
    }

    function show() {
      isDue = false;
      if (!isPaused) seen = log.newest(MOST_EVENTS);
      list.refresh();
      tick();
    }

    /** @param {Omit<LoggedEvent, 'number' | 'atMs'>} event */
    function add(event) {
      log.add({ ...event, atMs: Date.now() });
      // However many come at once, they are drawn together.
      if (isDue) return;
      isDue = true;
      setTimeout(show, 100);
    }

    let before = '';
    const card = html(
      'section',
      'card watch-card',
      html(
        'div',
        'watch-head',
        html('div', 'watch-told', state, total),
        chart,
        html('div', 'section-tools', pause, clear),
      ),
      scroller,
    );
    card.setAttribute('aria-label', `Events of ${visible(path)}`);
    root.append(html('h2', '', 'Watch'), watchForm(shell, path, isRecursive), card);
    follow(shell, path, {
      isRecursive,
      signal: ending.signal,
      onChange(change) {
        add({ what: change.what, path: change.path, zxid: change.zxid, says: wordsOf(change) });
      },
      onState(now, why) {
        const where = `${visible(path)}${isRecursive ? ' and all below it' : ''}`;
        say(
          state,
          now === 'watching'
            ? `Watching ${where}`
            : now === 'refused'
              ? `It cannot be watched: ${why}`
              : `Broken off, and tried again: ${why}`,
        );
        state.dataset.state = now.replace(' ', '-');
        if (now === 'broken off' && before === 'watching')
          add({ what: 'broken off', path, zxid: undefined, says: why });
        before = now;
      },
    });
    const ticking = setInterval(tick, TICK_MS);
    tick();
    return {
      unmount() {
        ending.abort();
        clearInterval(ticking);
        list.end();
      },
    };
  },
};
