// What is said of sessions. No DOM here.

import { count, OWN_DOOR, span } from '../shell/format.js';
import { visible } from '../shell/visible-text.js';

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').SessionEntry} SessionEntry
 */

/** Sessions of one page. */
export const PAGE_LENGTH = 100;

/**
 * @param {Pick<SessionEntry, 'remainingMs' | 'timeoutMs'>} session
 * @returns {{readonly share: number | undefined, readonly text: string}} `share` of its timeout, 0 to 1.
 */
export function timeLeft({ remainingMs, timeoutMs }) {
  if (remainingMs === null) return { share: undefined, text: '–' };
  const share = timeoutMs <= 0 ? 0 : Math.min(1, Math.max(0, remainingMs / timeoutMs));
  // Whole seconds: a tenth of one tells nobody anything.
  const text =
    remainingMs <= 0
      ? 'expires now'
      : remainingMs < 1000
        ? '< 1 s'
        : span(Math.floor(remainingMs / 1000) * 1000);
  return { share, text };
}

/** @param {Pick<SessionEntry, 'identities'>} session */
export function identityText({ identities }) {
  return identities.length === 0
    ? 'anyone'
    : visible(identities.map(({ scheme, id }) => `${scheme}:${id}`).join(', '));
}

/** @param {Pick<SessionEntry, 'address' | 'isSecure' | 'isOwn'>} session */
export function clientText({ address, isSecure, isOwn }) {
  if (address === null) return 'not connected';
  return `${address}${isSecure ? ' · TLS' : ''}${isOwn ? ` · ${OWN_DOOR}` : ''}`;
}

/**
 * The page of a list that begins at `offset`, or the last one where there are fewer.
 * @param {number} total
 * @param {number} offset
 * @returns {{readonly told: string, readonly previous: number | undefined, readonly next: number | undefined}} Offsets of the neighbours.
 */
export function pageAt(total, offset) {
  if (total === 0) return { told: 'none', previous: undefined, next: undefined };
  const last = Math.floor((total - 1) / PAGE_LENGTH) * PAGE_LENGTH;
  const from = Math.min(offset, last);
  const to = Math.min(total, from + PAGE_LENGTH);
  return {
    told: `${count(from + 1)}–${count(to)} of ${count(total)}`,
    previous: from > 0 ? Math.max(0, from - PAGE_LENGTH) : undefined,
    next: to < total ? to : undefined,
  };
}

/** @param {string | null} text Of the address: whatever somebody wrote there. @returns {number} */
export function offsetOf(text) {
  const offset = Number(text ?? 0);
  return Number.isSafeInteger(offset) && offset > 0 ? offset : 0;
}

/**
 * What a list is asked for by.
 * @param {string} find
 * @param {number} offset
 */
export function listPath(find, offset) {
  return `/window/sessions?${new URLSearchParams({ offset: String(offset), limit: String(PAGE_LENGTH), ...(find === '' ? {} : { find }) })}`;
}

/** What will happen when it is ended. @param {Pick<SessionEntry, 'id' | 'address' | 'ephemerals'>} session */
export function endingText({ id, address, ephemerals }) {
  const whose =
    address === null
      ? 'No client is connected to it now.'
      : `Its client, ${address}, is told that the session has expired.`;
  const nodes =
    ephemerals === 0
      ? 'It has no ephemeral nodes.'
      : ephemerals === 1
        ? 'Its ephemeral node is deleted, and who watches it is told: a lock or a place that it held goes to others.'
        : `Its ${count(ephemerals)} ephemeral nodes are deleted, and who watches them is told: locks and places that it held go to others.`;
  return `Session ${id} ends at once. ${whose} ${nodes}`;
}
