import type { EntriesRead, Raft } from 'raft-ts-lite';
import type { Logger } from '../ports/logger.ts';
import { pause } from '../ports/pause.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { EntriesAnswer } from '../storage/recovered.ts';
import type { Storage } from '../storage/storage.ts';
import { isDiskFull } from '../storage/storage-error.ts';

/** How long a read waits that found no file descriptor. */
const RETRY_MS = 500;

interface EntriesReaderParts {
  readonly raft: Raft;
  readonly storage: Pick<Storage, 'readEntries'>;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Raft has an answer. */
  readonly wake: () => void;
  readonly fail: (error: Error) => void;
}

/** Answers Raft's EntriesReads: for followers that are behind, and for what is to be applied here after a start. */
export class EntriesReader {
  readonly #parts: EntriesReaderParts;
  #stopped = false;

  constructor(parts: EntriesReaderParts) {
    this.#parts = parts;
  }

  read(wanted: EntriesRead): void {
    this.#parts.storage.readEntries(wanted.from, wanted.maxBytes).then(
      (answer) => {
        if (!this.#stopped) this.#answered(wanted, answer);
      },
      (error: Error) => {
        if (this.#stopped) return;
        if (isDiskFull(error)) this.#readLater(wanted, error);
        else this.#parts.fail(error);
      },
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  #answered({ to, from }: EntriesRead, answer: EntriesAnswer): void {
    const { raft, log, wake } = this.#parts;
    if (answer.compacted && answer.damage !== undefined) {
      const { file, offset } = answer.damage;
      log.error(
        { file, offset, from },
        'a record of the log does not verify any more; the newest snapshot holds what it held, and goes to the member that asked for it',
      );
    }
    raft.entriesRead(to, from, answer.compacted ? undefined : answer.entries);
    wake();
  }

  #readLater(wanted: EntriesRead, { message: reason }: Error): void {
    const { scheduler, log } = this.#parts;
    log.warn({ reason, to: wanted.to }, 'the log cannot be read for now; it is tried again');
    pause(scheduler, RETRY_MS).then(() => {
      if (!this.#stopped) this.read(wanted);
    });
  }
}
