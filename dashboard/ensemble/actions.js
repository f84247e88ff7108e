// What can be done to members, where changes are on. Each says first what will happen.

import { explained } from '../shell/feed.js';

/** @typedef {import('../shell/shell.js').Shell} Shell */

/**
 * @param {Shell} shell
 * @param {() => void} onDone
 */
export function memberActions(shell, onDone) {
  /** @param {import('../shell/dialogs.js').Question} question @param {() => Promise<unknown>} act @param {string} done */
  async function doIt(question, act, done) {
    if (!(await shell.confirm(question))) return;
    try {
      await act();
      shell.announce(done);
    } catch (error) {
      shell.announce(`It was not done: ${explained(error)}`);
    }
    onDone();
  }

  return {
    /** @param {number} serverId */
    handOver(serverId) {
      return doIt(
        {
          title: `Make member ${serverId} the leader?`,
          text: `Member ${serverId} takes over as soon as it has all that is committed. Clients stay connected, and no session is lost; writes wait for a moment.`,
          action: 'Hand over',
        },
        () => shell.call('/window/leadership', { method: 'POST', body: { to: serverId } }),
        `Member ${serverId} leads now.`,
      );
    },
    /** @param {number} serverId @param {boolean} isBegin */
    drain(serverId, isBegin) {
      if (!isBegin) {
        return doIt(
          {
            title: `End the drain of member ${serverId}?`,
            text: `Member ${serverId} takes part again: it is ready as soon as it serves, and new clients are sent to it.`,
            action: 'End the drain',
          },
          () => shell.call(`/window/drain?serverId=${serverId}`, { method: 'DELETE' }),
          `Member ${serverId} takes part again.`,
        );
      }
      return doIt(
        {
          title: `Drain member ${serverId}?`,
          text: `Member ${serverId} says that it is not ready, so that no new client is sent to it, and hands leadership over if it leads. Its clients stay connected. If it is not stopped, the drain wears off after a while.`,
          action: 'Drain',
          tone: 'danger',
        },
        () => shell.call('/window/drain', { method: 'POST', body: { serverId } }),
        `Member ${serverId} is draining.`,
      );
    },
  };
}
