import { joinAddress } from '../config/addresses.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';

/** Characters of what a client names that go into the log. */
const MAX_SHOWN_SCHEME = 32;

/** What is counted of it. */
export interface ComplaintCounters {
  badInput: number;
  refused: number;
  unauthenticated: number;
}

/** What goes wrong with clients, for people: said and counted, and never more often than a log can bear. */
export class ClientComplaints {
  readonly #lines: ComplaintLog;
  readonly #counters: ComplaintCounters;

  constructor({ log, clock }: { log: Logger; clock: Clock }, counters: ComplaintCounters) {
    this.#lines = new ComplaintLog(log, clock);
    this.#counters = counters;
  }

  /** A limit was reached: what `message` says is not taken. */
  refused(subject: string, message: string): void {
    this.#counters.refused++;
    this.#lines.say(subject, message, {});
  }

  misused({ remoteAddress, remotePort }: ClientSocket, reason: string): void {
    this.#counters.badInput++;
    this.#lines.say('input', 'closed a connection that sent what cannot be understood', {
      address: joinAddress(remoteAddress, remotePort),
      reason,
    });
  }

  /** Answered as ZooKeeper does: the frame is whole, so what stands behind it can be read all the same. */
  unreadable(op: number): void {
    this.#counters.badInput++;
    this.#lines.say(`record ${op}`, 'a request cannot be read and was answered with a marshalling error', {
      op,
    });
  }

  closedFor(reason: string): void {
    this.#lines.say('closed', 'closed connections', { reason });
  }

  authFailed({ remoteAddress, remotePort }: ClientSocket, scheme: string | undefined, why?: string): void {
    this.#lines.say('auth', 'a client could not prove who it is', {
      address: joinAddress(remoteAddress, remotePort),
      scheme: scheme?.slice(0, MAX_SHOWN_SCHEME),
      why,
    });
  }

  /** It asked before it had proved what this member requires. */
  unauthenticated({ remoteAddress, remotePort }: ClientSocket): void {
    this.#counters.unauthenticated++;
    this.#lines.say('unauthenticated', 'closed a connection that did not prove who it is first', {
      address: joinAddress(remoteAddress, remotePort),
    });
  }

  wrongPassword({ remoteAddress, remotePort }: ClientSocket): void {
    this.#lines.say('password', 'a client asked for a session and did not know its password', {
      address: joinAddress(remoteAddress, remotePort),
    });
  }

  unknownOperation(op: number): void {
    this.#lines.say(`operation ${op}`, 'a client asked for an operation that this version does not have', {
      op,
    });
  }
}
