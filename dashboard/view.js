// Puts what the model says into the document. Text only ever enters as text.

import { chart, topology } from './drawing.js';
import {
  bytes,
  count,
  isVoter,
  LAG_OF_NOTE,
  lagShare,
  millis,
  perSecond,
  rate,
  requestsPerSecond,
  syncMs,
  verdict,
} from './model.js';

/** @typedef {import('./model.js').Sample} Sample */
/** @typedef {import('./model.js').Standing} Standing */

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

/** @param {string} id @param {string} text Unchanged text is left alone: screen readers are told of changes. */
function say(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {string} name
 * @param {string} className
 * @param {readonly (Node | string)[]} children
 * @returns {HTMLElement}
 */
function html(name, className, ...children) {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** @param {Standing} member */
function lagCell(member) {
  if (member.role === 'leader') return html('td', 'quiet', 'leads');
  if (member.lagEntries === undefined) return html('td', 'quiet', 'the leader knows');
  const bar = html('span', member.lagEntries >= LAG_OF_NOTE ? 'bar late' : 'bar', html('span', 'fill'));
  /** @type {HTMLElement} */ (bar.firstChild).style.width =
    `${(lagShare(member.lagEntries) * 100).toFixed(1)}%`;
  bar.setAttribute('aria-hidden', 'true');
  const text = member.lagEntries === 0 ? 'in step' : `${count(member.lagEntries)} entries`;
  return html('td', 'lag', bar, html('span', 'lag-text', text));
}

/** @param {Standing} member */
function roleCell(member) {
  const role = member.role === 'voter' ? 'follower' : member.role;
  const kind = member.connected ? role : 'down';
  return html('td', '', html('span', `badge ${kind}`, member.connected ? role : 'not connected'));
}

/**
 * @param {Sample | undefined} before
 * @param {Sample} now
 * @param {Standing} member
 * @param {(serverId: number) => void} onHandOver
 */
function row(before, now, member, onHandOver) {
  const { self, metrics } = now.answer;
  const own = member.serverId === self.serverId;
  const name = html('th', '', html('span', 'member-name', String(member.serverId)));
  name.setAttribute('scope', 'row');
  if (own) name.append(html('span', 'quiet small', 'this one'));
  const actions = html('td', 'actions');
  if (self.role === 'leader' && !own && isVoter(member) && member.connected) {
    const button = html('button', 'small', 'Make leader');
    button.setAttribute('aria-label', `Make member ${member.serverId} leader`);
    button.dataset.serverId = String(member.serverId);
    button.addEventListener('click', () => onHandOver(member.serverId));
    actions.append(button);
  }
  return html(
    'tr',
    own ? 'own' : '',
    name,
    roleCell(member),
    html('td', 'address', member.clientAddress ?? '–'),
    html('td', 'address', member.address),
    lagCell(member),
    html('td', 'number', count(own ? metrics.connections : member.connections)),
    html('td', 'number', rate(requestsPerSecond(before, now, member.serverId))),
    actions,
  );
}

/** @param {Sample | undefined} before @param {Sample} now */
function facts(before, now) {
  const { self, metrics } = now.answer;
  /** @type {readonly (readonly [string, string, string])[]} */
  const list = [
    ['Connections', count(metrics.connections), 'open connections of clients to this member'],
    ['Sessions', count(metrics.sessions), 'sessions of the ensemble'],
    ['Watches', count(metrics.watches), 'watches on this member'],
    ['Znodes', count(metrics.nodes), 'nodes of the tree'],
    ['Tree', bytes(metrics.treeBytes), 'paths and data in memory'],
    ['Disk sync', millis(syncMs(before, now)), 'mean of the last second; – when nothing was written'],
    ['Term', count(self.term), 'Raft term: grows with each election'],
    ['Committed', count(self.commitIndex), 'log index known to be on a majority of disks'],
    ['Applied', count(self.appliedIndex), 'log index that the tree of this member shows'],
  ];
  return list.map(([term, value, title]) => {
    const pair = html('div', '', html('dt', '', term), html('dd', '', value));
    pair.title = title;
    return pair;
  });
}

/** @type {string} */
let drawnTopology = '';
/** @type {string} */
let drawnRows = '';

/**
 * @param {Sample | undefined} before
 * @param {Sample} now
 * @param {readonly import('./drawing.js').Point[]} points
 * @param {number} capacity
 * @param {(serverId: number) => void} onHandOver
 */
export function render(before, now, points, capacity, onHandOver) {
  const { answer } = now;
  const { self, members, version } = answer;
  const { tone, headline, detail } = verdict(answer);
  document.body.dataset.tone = tone;
  document.title = tone === 'good' ? 'Rookery' : `${headline} – Rookery`;
  say('headline', headline);
  say('detail', detail);
  say(
    'seen-from',
    `as member ${self.serverId} sees it${self.clusterId === '' ? '' : ` · cluster ${self.clusterId.slice(0, 8)}`}`,
  );

  // The drawing is replaced only when it changes: nothing flickers, and no focus is lost.
  const shape = JSON.stringify([
    self.serverId,
    self.role,
    members.map(({ serverId, role, connected, lagEntries }) => [serverId, role, connected, lagEntries]),
  ]);
  if (shape !== drawnTopology) {
    byId('topology').replaceChildren(topology(answer));
    drawnTopology = shape;
  }

  const reads = perSecond(before, now, ({ metrics }) => metrics.readsTotal);
  const writes = perSecond(before, now, ({ metrics }) => metrics.writesTotal);
  say('rate-total', rate(reads === undefined || writes === undefined ? undefined : reads + writes));
  say('rate-reads', rate(reads));
  say('rate-writes', rate(writes));
  byId('chart').replaceChildren(chart(points, capacity, rate));
  byId('facts').replaceChildren(...facts(before, now));

  const focused =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.serverId : undefined;
  const rows = members.map((member) => row(before, now, member, onHandOver));
  const text = rows.map((one) => one.outerHTML).join('');
  if (text !== drawnRows) {
    byId('members').replaceChildren(...rows);
    drawnRows = text;
    if (focused !== undefined) {
      rows
        .map(
          (one) =>
            /** @type {HTMLElement | null} */ (one.querySelector(`button[data-server-id="${focused}"]`)),
        )
        .find(Boolean)
        ?.focus();
    }
  }
  const partial = self.role !== 'leader' && self.leader != null && members.length > 1;
  say('scope', partial ? 'The lag of all members is known to the leader: open its page to see it.' : '');
  say('foot', `rookery-server ${version} · also here: /metrics, /health/ready, /admin/members`);
}

/** @param {'live' | 'lost' | 'wait' | 'paused'} state @param {string} text */
export function showLink(state, text) {
  byId('live').dataset.state = state;
  say('live-text', text);
  byId('main').classList.toggle('stale', state === 'lost');
}
