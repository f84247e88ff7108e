// The members: a table, or cards where there is little width.

import { button, html, say } from '../shell/dom.js';
import { keyedRows } from '../shell/keyed-rows.js';

/** @typedef {import('./members.js').MemberFacts} MemberFacts */

/** @type {readonly {readonly title: string, readonly of: 'disk' | 'certificate' | 'clients' | 'requests' | 'sync' | 'loop', readonly explained: string}[]} */
const NUMBERS = [
  { title: 'Disk free', of: 'disk', explained: 'of the disk that has less of it' },
  { title: 'Certificate', of: 'certificate', explained: 'until the first of its certificates ends' },
  { title: 'Clients', of: 'clients', explained: 'open connections of clients' },
  { title: 'Requests/s', of: 'requests', explained: 'answered in the last second' },
  { title: 'Sync p99', of: 'sync', explained: 'of the log to disk, in the last minute' },
  { title: 'Loop p99', of: 'loop', explained: 'delay of the event loop, in the last minute' },
];

/** @param {string} title @param {string} className @param {readonly (Node | string)[]} children */
function cell(title, className, ...children) {
  const element = html('td', className, ...children);
  element.setAttribute('role', 'cell');
  element.dataset.title = title;
  return element;
}

/** @param {string} title @param {string} className @param {string} explained */
function heading(title, className, explained) {
  const element = html('th', className, title);
  element.scope = 'col';
  element.setAttribute('role', 'columnheader');
  if (explained !== '') element.title = explained;
  return element;
}

/** For those who hear a button without the row around it. @param {string} text */
function unseen(text) {
  return html('span', 'hidden', text);
}

/**
 * @param {string} key Server id.
 * @param {{handOver(serverId: number): void, drain(serverId: number, isBegin: boolean): void}} actions
 */
function memberRow(key, actions) {
  const serverId = Number(key);
  const role = html('span', 'badge');
  const about = html('span', 'quiet small about');
  const here = html('span', 'quiet small', 'this one');
  const name = html('th', '', html('span', 'member-name', key), here, about);
  name.scope = 'row';
  name.setAttribute('role', 'rowheader');
  const fill = html('span', 'fill');
  const bar = html('span', 'bar', fill);
  bar.setAttribute('aria-hidden', 'true');
  const lag = html('span', 'lag-text');
  const readiness = html('span', 'readiness');
  const numbers = NUMBERS.map(({ title, of }) => ({ of, element: cell(title, 'number') }));
  const lead = button('small', 'Make ', () => actions.handOver(serverId));
  lead.append(unseen(`member ${key} `), 'leader');
  let isDraining = false;
  const drain = button('small', '', () => actions.drain(serverId, !isDraining));
  const drainText = html('span', '', 'Drain');
  drain.append(drainText, unseen(` member ${key}`));
  const row = html(
    'tr',
    '',
    name,
    cell('Role', '', role),
    cell('Behind', 'lag', bar, lag),
    cell('State', 'state', readiness),
    ...numbers.map(({ element }) => element),
    cell('', 'actions', lead, drain),
  );
  row.setAttribute('role', 'row');
  row.id = `member-${key}`;
  return {
    element: row,
    /** @param {MemberFacts} facts */
    update(facts) {
      row.classList.toggle('own', facts.isAsked);
      here.hidden = !facts.isAsked;
      role.className = `badge ${facts.kind}`;
      say(role, facts.role);
      say(about, facts.about);
      say(lag, facts.lag);
      bar.hidden = facts.lagShare === undefined;
      fill.style.width = `${((facts.lagShare ?? 0) * 100).toFixed(1)}%`;
      readiness.dataset.tone = facts.readinessTone;
      say(readiness, facts.readiness);
      for (const { of, element } of numbers) say(element, facts[of]);
      lead.hidden = !facts.canLead;
      drain.hidden = facts.isDraining === undefined;
      isDraining = facts.isDraining === true;
      say(drainText, isDraining ? 'End drain' : 'Drain');
    },
  };
}

/**
 * @param {Parameters<typeof memberRow>[1]} actions
 * @returns {{readonly element: HTMLElement, update(members: readonly MemberFacts[], canChange: boolean): void}}
 */
export function membersTable(actions) {
  const body = html('tbody', '');
  body.id = 'members';
  body.setAttribute('role', 'rowgroup');
  const headings = html(
    'tr',
    '',
    heading('Member', '', ''),
    heading('Role', '', ''),
    heading('Behind', '', 'entries of the log that it misses, as the leader knows'),
    heading('State', '', ''),
    ...NUMBERS.map(({ title, explained }) => heading(title, 'number', explained)),
    heading('Actions', 'actions', ''),
  );
  headings.setAttribute('role', 'row');
  const head = html('thead', '', headings);
  head.setAttribute('role', 'rowgroup');
  const table = html('table', 'members', head, body);
  table.setAttribute('role', 'table');
  table.setAttribute('aria-labelledby', 'members-title');
  const rows = keyedRows(body, (key) => memberRow(key, actions));
  return {
    element: html('div', 'table', table),
    update(members, canChange) {
      table.classList.toggle('with-actions', canChange);
      for (const [at, row] of rows(members.map(({ serverId }) => String(serverId))).entries()) {
        const facts = members[at];
        if (facts !== undefined) row.update(facts);
      }
    },
  };
}
