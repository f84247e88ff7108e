export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A structured log that keeps what it is given: it stands in for the loggers of the server and of the operator. */
export class KeptLog {
  readonly lines: LogLine[] = [];

  debug(fields: object, message: string): void {
    this.#keep('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#keep('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#keep('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#keep('error', fields, message);
  }

  /** The lines of one level whose message contains `text`. */
  of(level: LogLevel, text = ''): LogLine[] {
    return this.lines.filter((line) => line.level === level && line.message.includes(text));
  }

  #keep(level: LogLevel, fields: object, message: string): void {
    this.lines.push({ level, message, fields: { ...fields } });
  }
}
