import { pino } from 'pino';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.ts';
import { type LineSink, lineOptions } from './log.ts';

/** By this message audit lines are told from others in the member's log. */
const MESSAGE = 'audit';

/** The operation of the line that stands where others are missing. */
const LOST = 'auditLinesLost';

/**
 * The audit log of one member: a JSON line for each event, whatever the level of the member's own log is. Where lines could not be taken, the next
 * one that can is preceded by one that says how many are missing.
 */
export class AuditLog implements AuditSink {
  /** Lines that could not be taken, since the start. */
  lost = 0;
  /** Of these, those that no line tells of yet. */
  #missing = 0;
  #isTaken = true;
  readonly #logger: pino.Logger;
  readonly #onLost: (lost: number) => void;

  /** @param onLost hears of each line that could not be taken, with how many there are */
  constructor(serverId: number, sink: LineSink, onLost: (lost: number) => void) {
    this.#onLost = onLost;
    this.#logger = pino(lineOptions('info', serverId), {
      write: (line: string) => {
        this.#isTaken = sink.write(line);
      },
    });
  }

  record(event: AuditEvent): void {
    if (this.#missing > 0 && this.#takes({ operation: LOST, lost: this.#missing, result: 'failure' }))
      this.#missing = 0;
    if (this.#missing === 0 && this.#takes(event)) return;
    this.#missing++;
    this.#onLost(++this.lost);
  }

  #takes(event: object): boolean {
    this.#logger.info(event, MESSAGE);
    return this.#isTaken;
  }
}
