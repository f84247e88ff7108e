import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';
import { WRITER_FIRST } from '../../replica/replica-bugs.ts';

/** Ways in which sessions, ephemeral nodes and watches have gone wrong in such systems. */
export const sessionBugs: readonly PlantedBug[] = [
  {
    ...WRITER_FIRST,
    name: 'an event comes after the reply that shows the new state',
  },
  {
    name: 'a one-shot watch stays after it fired',
    file: 'server/src/watch/watch-table.ts',
    find: 'if ((modes & spent) !== 0) this.#setModes(watch, modes & ~spent);',
    replace: '',
  },
  {
    name: 'a client that was away does not hear of a deletion',
    file: 'server/src/watch/catch-up.ts',
    find: 'if (slot === NO_SLOT) return ChangeKind.deleted;',
    replace: 'if (slot === NO_SLOT) return undefined;',
  },
  {
    name: 'a client that was away hears nothing of new children',
    file: 'server/src/watch/catch-up.ts',
    find: 'return stat.pzxid > seenZxid ? ChangeKind.children : undefined;',
    replace: 'return undefined;',
  },
  {
    name: 'nobody hears that nodes went with their session',
    file: 'server/src/replica/state-machine.ts',
    find: 'result.changes = changesOf(this.tree.closeSession(result.session, result.zxid));',
    replace: 'this.tree.closeSession(result.session, result.zxid);',
  },
  {
    name: 'clients stay connected to a member that jumped to a snapshot',
    file: 'server/src/member-events.ts',
    find: 'overtaken: () => clients.overtaken(),',
    replace: 'overtaken: () => undefined,',
  },
  {
    name: 'a request over an older attachment counts',
    file: 'server/src/session/table.ts',
    find: 'return session.attachIndex === attachIndex ? ErrorCode.ok : ErrorCode.sessionMoved;',
    replace: 'return ErrorCode.ok;',
  },
  {
    name: 'any password opens a session',
    file: 'server/src/connections/session-passwords.ts',
    find: 'return difference === 0;',
    replace: 'return difference >= 0;',
  },
  {
    name: 'a new leader counts the silence before it',
    file: 'server/src/connections/session-tracker.ts',
    find: 'this.#expiry.goOn(sessions, now, this.#most);',
    replace: 'this.#expiry.goOn(sessions, 0, this.#most);',
  },
  {
    name: 'an expiry counts though its session attached anew',
    file: 'server/src/session/table.ts',
    find: 'return this.#sessions.get(id)?.attachIndex === attachIndexSeen && this.close(id);',
    replace: 'return attachIndexSeen > 0 && this.close(id);',
  },
  {
    name: 'an attachment does not wind the clock of its session up again',
    file: 'server/src/connections/session-tracker.ts',
    find: `      case OpCode.createSession:
      case OpCode.attachSession:
        this.#expiry.add`,
    replace: `      case OpCode.attachSession:
        break;
      case OpCode.createSession:
        this.#expiry.add`,
  },
  {
    name: 'followers do not tell the leader whom they hear',
    file: 'server/src/connections/session-tracker.ts',
    find: 'forwardTouches(links, replica.leaderServerId, touched);',
    replace: '',
  },
  {
    name: 'nodes stay behind when their session is closed',
    file: 'server/src/replica/state-machine.ts',
    find: `      sessions.close(header.session);
      this.#endSession(result);`,
    replace: '      sessions.close(header.session);',
  },
  {
    name: 'a snapshot forgets which nodes go with which session',
    file: 'server/src/tree/znodes.ts',
    find: '    this.own(slot, owner);\n    return slot;\n',
    replace: '    return slot;\n',
  },
  {
    name: 'silent sessions never end',
    file: 'server/src/connections/session-tracker.ts',
    find: 'for (const each of expired) replica.decide(this.#expireCommand(each));',
    replace: '',
  },
];
