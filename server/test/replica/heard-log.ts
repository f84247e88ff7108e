import type { Logger } from '../../src/ports/logger.ts';

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** A log that remembers what it was told. */
export class HeardLog implements Logger {
  readonly lines: LogLine[] = [];

  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }

  /** The lines of one level whose message contains `text`. */
  of(level: keyof Logger, text = ''): LogLine[] {
    return this.lines.filter((line) => line.level === level && line.message.includes(text));
  }

  #add(level: keyof Logger, fields: object, message: string): void {
    this.lines.push({ level, message, fields: { ...fields } });
  }
}
