import {
  decodeConfiguration,
  type Entry,
  EntryKind,
  MalformedConfiguration,
  type Message,
  MessageType,
} from 'raft-ts-lite';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { ComplaintLog } from '../../ports/rate-limited-log.ts';
import { unusableMembers } from '../membership/membership.ts';
import type { StateMachine } from '../state-machine.ts';

/**
 * What its own version cannot apply, or go on with, a member neither writes nor acknowledges, be it an entry or a snapshot: it stays up,
 * behind, until it runs a version that can. In its log such an entry would end it at each start.
 */
export class AppendCheck {
  /** Appends, and pieces of snapshots, that were not taken, since the start. */
  refused = 0;
  readonly #machine: Pick<StateMachine, 'whyUnreadable'>;
  readonly #complaints: ComplaintLog;

  constructor(machine: Pick<StateMachine, 'whyUnreadable'>, parts: { log: Logger; clock: Clock }) {
    this.#machine = machine;
    this.#complaints = new ComplaintLog(parts.log, parts.clock);
  }

  /** Whether Raft may take in what this member sent. */
  passes(message: Message, serverId: number | undefined): boolean {
    if (message.type === MessageType.snapshotChunk) {
      const { index, configuration } = message.snapshot;
      return this.#isReadable(serverId, index, unusableMembers(configuration));
    }
    if (message.type !== MessageType.append) return true;
    for (let i = 0; i < message.entries.length; i++) {
      const entry = message.entries[i]!;
      if (!this.#isReadable(serverId, entry.index, this.#whyUnreadable(entry))) return false;
    }
    return true;
  }

  #isReadable(leader: number | undefined, index: number, reason: string | undefined): boolean {
    if (reason === undefined) return true;
    this.refused++;
    this.#complaints.say(
      `append of ${String(leader)}`,
      'the leader sends what this version cannot read: nothing of it is taken, and this member stays behind. Run the version that the leader runs, or a newer one',
      { leader, index, reason },
    );
    return false;
  }

  #whyUnreadable({ kind, data }: Entry): string | undefined {
    switch (kind) {
      case EntryKind.command:
        return this.#machine.whyUnreadable(data);
      case EntryKind.configuration:
        return whyUnusable(data);
      case EntryKind.empty:
        return undefined;
      default:
        return `an entry of kind ${String(kind)}, which this member does not know`;
    }
  }
}

function whyUnusable(data: Uint8Array): string | undefined {
  try {
    return unusableMembers(decodeConfiguration(data));
  } catch (error) {
    if (error instanceof MalformedConfiguration)
      return `a configuration that cannot be read: ${error.message}`;
    throw error;
  }
}
