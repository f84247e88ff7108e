// Ends a session, once somebody has confirmed it.

import { explained } from '../shell/feed.js';
import { endingText } from './sessions.js';

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {import('./sessions.js').SessionEntry} session
 * @returns {Promise<boolean>} Whether it is over now.
 */
export async function endSession(shell, session) {
  const { id } = session;
  const isMeant = await shell.confirm({
    title: `End session ${id}?`,
    text: endingText(session),
    action: 'End session',
    tone: 'danger',
  });
  if (!isMeant) return false;
  try {
    await shell.call(`/window/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
    shell.announce(`Session ${id} is over.`);
    return true;
  } catch (error) {
    shell.announce(`The session was not ended: ${explained(error)}`);
    return false;
  }
}
