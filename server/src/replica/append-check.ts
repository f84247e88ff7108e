import { type Entry, EntryKind, type Message, MessageType } from 'raft-ts-lite';
import { ComplaintLog } from './complaint-log.ts';
import type { Clock, Logger } from './ports.ts';
import type { StateMachine } from './state-machine.ts';

/**
 * What its own version cannot apply, a member neither writes nor acknowledges: it stays up, behind, until it runs a version that can. In its
 * log such an entry would end it at each start.
 */
export class AppendCheck {
  /** Appends that were not taken, since the start. */
  refused = 0;
  private readonly machine: Pick<StateMachine, 'whyUnreadable'>;
  private readonly complaints: ComplaintLog;

  constructor(machine: Pick<StateMachine, 'whyUnreadable'>, parts: { log: Logger; clock: Clock }) {
    this.machine = machine;
    this.complaints = new ComplaintLog(parts.log, parts.clock);
  }

  /** Whether Raft may take in what this member sent. */
  passes(message: Message, label: number | undefined): boolean {
    if (message.type !== MessageType.append) return true;
    for (let i = 0; i < message.entries.length; i++) {
      const entry = message.entries[i]!;
      const reason = this.whyUnreadable(entry);
      if (reason === undefined) continue;
      this.refused++;
      this.complaints.say(
        `append of ${String(label)}`,
        'the leader sends what this version cannot read: nothing of it is taken, and this member stays behind. Run the version that the leader runs, or a newer one',
        { leader: label, index: entry.index, reason },
      );
      return false;
    }
    return true;
  }

  private whyUnreadable({ kind, data }: Entry): string | undefined {
    if (kind === EntryKind.command) return this.machine.whyUnreadable(data);
    return knownKinds.has(kind) ? undefined : `an entry of kind ${kind}, which this member does not know`;
  }
}

const knownKinds: ReadonlySet<number> = new Set(Object.values(EntryKind));
