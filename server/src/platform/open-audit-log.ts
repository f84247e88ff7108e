import { closeSync, openSync } from 'node:fs';
import type { AuditConfig } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { APPENDED_MODE, AppendingFile } from './appending-file.ts';
import { AuditLog } from './audit-log.ts';
import type { LineSink } from './log.ts';

/** At the end of the process what waits may take so long. */
const DRAIN_MS = 1_000;

/** What is no fault of the configuration, and goes by. */
const PASSING: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EAGAIN']);

export interface OpenAuditLog {
  readonly log: AuditLog;
  /** Whoever rotates logs has renamed the file. */
  reopen(): void;
  /** What waits is written, or has had its time: with whether the disk still owes an answer. */
  drained(): Promise<boolean>;
}

export interface AuditLogParts {
  readonly config: AuditConfig;
  readonly serverId: number;
  /** Where the member's log goes: without a file of its own the audit log does, too. */
  readonly logSink: LineSink;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Throws where the file of the configuration cannot be opened, and not for want of something that may come. */
export function openAuditLog({ config, serverId, logSink, log, clock }: AuditLogParts): OpenAuditLog {
  const { file } = config;
  const complaints = new ComplaintLog(log, clock);
  const onLost = (lost: number): void => {
    const message = 'lines of the audit log are lost: it takes no more, and memory for what waits is full';
    complaints.say('lost', message, { ...(file === undefined ? {} : { file }), lost }, 'error');
  };
  if (file === undefined) {
    const audit = new AuditLog(serverId, logSink, onLost);
    return { log: audit, reopen: () => {}, drained: () => Promise.resolve(false) };
  }
  tryToOpen(file);
  const appending = new AppendingFile(file, {
    failed: ({ message }) =>
      complaints.say(
        'failed',
        'the audit log cannot be written: its lines wait, and it is tried again each second',
        { file, why: message },
        'error',
      ),
    recovered: () => log.info({ file, lost: audit.lost }, 'the audit log is written again'),
  });
  const audit = new AuditLog(serverId, appending, onLost);
  return {
    log: audit,
    reopen: () => {
      log.info({ file }, 'the audit log is opened anew');
      appending.reopen();
    },
    drained: () => appending.drained(DRAIN_MS),
  };
}

function tryToOpen(file: string): void {
  try {
    closeSync(openSync(file, 'a', APPENDED_MODE));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (PASSING.has(code)) return;
    throw new Error(`audit.file: cannot open ${JSON.stringify(file)} (${code ?? error})`, { cause: error });
  }
}
