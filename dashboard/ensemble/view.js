// The ensemble on one page: all members, asked through the one that serves it.

import { html, say } from '../shell/dom.js';
import { explained } from '../shell/feed.js';
import { poll } from '../shell/poll.js';
import { memberActions } from './actions.js';
import { heatMap } from './heat-map.js';
import { createHistory } from './history.js';
import { limitsList } from './limits-list.js';
import { memberFacts } from './members.js';
import { membersTable } from './members-table.js';
import { timeline } from './timeline.js';
import { drawnOf, topology } from './topology.js';
import { verdict } from './verdict.js';
import { work } from './work.js';

const PERIOD_MS = 1000;

/** @typedef {import('./verdict.js').EnsembleReport} EnsembleReport */

/** The drawing is replaced only when it changes: nothing flickers. */
function topologyCard() {
  const drawing = html('div', 'topology');
  drawing.id = 'topology';
  const title = html('h2', 'title', 'Ensemble');
  title.id = 'topology-title';
  const legend = html(
    'p',
    'legend',
    ...['leader', 'follower', 'learner'].map((kind) => html('span', `key ${kind}`, kind)),
    html('span', 'key down', 'not connected'),
  );
  const element = html('section', 'card ensemble', title, drawing, legend);
  element.setAttribute('aria-labelledby', title.id);
  let drawn = '';
  return {
    element,
    /** @param {EnsembleReport} report */
    update(report) {
      if (drawnOf(report) === drawn) return;
      drawing.replaceChildren(topology(report));
      drawn = drawnOf(report);
    },
  };
}

function verdictSection() {
  const headline = html('h2', '', 'Looking…');
  headline.id = 'headline';
  const detail = html('p', '', 'Asking all members what they know.');
  detail.id = 'detail';
  const notes = html('ul', 'notes');
  notes.id = 'notes';
  const element = html('section', 'verdict', headline, detail, notes);
  element.setAttribute('aria-live', 'polite');
  element.setAttribute('aria-label', 'Verdict');
  return {
    element,
    /** @param {import('./verdict.js').Verdict} told */
    update(told) {
      element.dataset.tone = told.tone;
      say(headline, told.headline);
      say(detail, told.detail);
      if ([...notes.children].map(({ textContent }) => textContent).join('\n') === told.notes.join('\n'))
        return;
      notes.replaceChildren(...told.notes.map((note) => html('li', '', note)));
    },
  };
}

/** @type {import('../shell/shell.js').View} */
export const view = {
  title: 'Ensemble',
  mount(root, _place, shell) {
    const history = createHistory();
    const ending = new AbortController();
    const parts = { verdict: verdictSection(), topology: topologyCard(), work: work(), timeline: timeline() };
    const more = { heat: heatMap(), limits: limitsList() };
    const members = membersTable(memberActions(shell, () => looking.now()));
    const title = html('h2', 'title', 'Members');
    title.id = 'members-title';
    const membersCard = html('section', 'card', title, members.element);
    membersCard.setAttribute('aria-labelledby', title.id);
    root.append(
      parts.verdict.element,
      html('div', 'columns', parts.topology.element, parts.work.element),
      membersCard,
      parts.timeline.element,
      more.heat.element,
      more.limits.element,
    );

    /** @type {import('./history.js').Sample | undefined} */
    let last;
    function show() {
      if (last === undefined) return;
      members.update(memberFacts(last, history), shell.canChange());
    }

    async function look() {
      try {
        const report = /** @type {EnsembleReport} */ (
          await shell.call('/window/ensemble', { signal: ending.signal })
        );
        if (ending.signal.aborted) return;
        // Of the same round, which was shared with others who look.
        if (report.atMs === last?.report.atMs) return show();
        last = { report, atMs: performance.now() };
      } catch (error) {
        if (ending.signal.aborted) return;
        parts.verdict.element.dataset.tone = 'bad';
        say('detail', explained(error));
        return;
      }
      history.add(last);
      const told = verdict(last.report);
      parts.verdict.update(told);
      document.title = told.tone === 'good' ? 'Ensemble – Rookery' : `${told.headline} – Rookery`;
      parts.topology.update(last.report);
      parts.work.update(last, history);
      parts.timeline.update(last.report);
      more.heat.update(last, history);
      more.limits.update(last.report);
      show();
    }

    const endListening = shell.onCanChange(show);
    const looking = poll(look, PERIOD_MS);
    return {
      unmount() {
        endListening();
        looking.end();
        ending.abort();
      },
    };
  },
};
