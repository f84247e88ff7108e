import { OpCode, Writer } from '@rookery/protocol';
import { EntryKind } from 'raft-ts-lite';
import { emptyCommandHeader, encodeCommand } from '../model/command.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import { applyWhole } from '../replica/whole.ts';

/**
 * Ends every session as entries of a log would that a leader had proposed, and with each its ephemeral nodes: whoever held a lock may have lost what it did
 * under it. Returns how many sessions and ephemeral nodes there were.
 */
export function endSessions(machine: StateMachine): {
  readonly sessions: number;
  readonly ephemerals: number;
} {
  const all = [...machine.sessions.values()].map(({ id, attachIndex }) => ({ id, attachIndex }));
  const ephemerals = machine.tree.ephemeralCount;
  const header = emptyCommandHeader();
  const body = new Writer(16);
  for (const { id, attachIndex } of all) {
    header.op = OpCode.expireSession;
    header.session = id;
    header.timeMs = machine.lastTimeMs;
    body.clear();
    body.writeLong(attachIndex);
    const data = encodeCommand(header, body.view());
    applyWhole(machine, {
      index: machine.appliedIndex + 1,
      term: machine.appliedTerm,
      kind: EntryKind.command,
      data,
    });
  }
  return { sessions: all.length, ephemerals };
}
