import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogConfig } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';

/** Beyond this, lines are dropped: whoever reads the log slowly must not hold up the member. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** Where lines go; process.stdout fits it. */
export interface LogSink {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/**
 * The log of one member: JSON lines with `time` (ISO 8601), `level` (its name) and `member` (its server id), or text for
 * people on a terminal. Without a sink it is standard output; there JSON is written beside the loop, what waits leaves at exit.
 */
export function createLog(config: LogConfig, serverId: number, sink?: LogSink): Logger {
  const options = {
    level: config.level,
    base: { member: serverId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name: string) => ({ level: name }) },
  };
  const terminal = sink ?? process.stdout;
  const forPeople = config.pretty === 'auto' ? terminal.isTTY === true : config.pretty;
  if (!forPeople) {
    const standard = (): LogSink => pino.destination({ fd: 1, sync: false, maxLength: MAX_BUFFERED_BYTES });
    return pino(options, sink ?? standard());
  }
  const text = pretty.prettyFactory({
    colorize: terminal.isTTY === true && process.env.NO_COLOR === undefined,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'member',
    messageFormat: '[{member}] {msg}',
    singleLine: true,
  });
  return pino(options, { write: (line: string) => void terminal.write(text(line)) });
}
