import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogConfig } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';

/** Beyond this, lines are dropped: whoever reads the log slowly must not hold up the member. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** Where text goes; process.stdout fits it. */
export interface LogTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Takes the lines of logs, JSON each; false where one could not be taken. */
export interface LineSink {
  write(line: string): boolean;
}

/**
 * Lines as they are, or text for people on a terminal. Without a target it is standard output; there JSON is written beside the loop, what waits
 * leaves at exit.
 */
export function logSink(config: LogConfig, target?: LogTarget): LineSink {
  const terminal = target ?? process.stdout;
  const forPeople = config.pretty === 'auto' ? terminal.isTTY === true : config.pretty;
  if (!forPeople) return target === undefined ? standardSink() : taking((line) => target.write(line));
  const text = pretty.prettyFactory({
    colorize: terminal.isTTY === true && process.env.NO_COLOR === undefined,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'member',
    messageFormat: '[{member}] {msg}',
    singleLine: true,
  });
  return taking((line) => terminal.write(text(line)));
}

/** What every line of a member has: `time` (ISO 8601), `level` (its name) and `member` (its server id). */
export function lineOptions(level: string, serverId: number) {
  return {
    level,
    base: { member: serverId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name: string) => ({ level: name }) },
  };
}

/** The log of one member. */
export function createLog(config: LogConfig, serverId: number, sink: LineSink): Logger {
  return pino(lineOptions(config.level, serverId), sink);
}

function taking(write: (line: string) => unknown): LineSink {
  return {
    write(line) {
      write(line);
      return true;
    },
  };
}

function standardSink(): LineSink {
  const destination = pino.destination({ fd: 1, sync: false, maxLength: MAX_BUFFERED_BYTES });
  let isDropped = false;
  destination.on('drop', () => {
    isDropped = true;
  });
  return {
    write(line) {
      isDropped = false;
      destination.write(line);
      return !isDropped;
    },
  };
}
