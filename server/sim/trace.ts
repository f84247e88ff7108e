import type { Logger } from '../src/ports/logger.ts';
import type { VirtualTime } from './scheduler.ts';

/** What happened, line by line, for people who look into a failure. Off, it costs nothing. */
export class Trace {
  readonly #time: VirtualTime;
  readonly #lines: string[] = [];
  readonly enabled: boolean;

  constructor(time: VirtualTime, enabled: boolean) {
    this.#time = time;
    this.enabled = enabled;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(who: string, message: string): void {
    if (!this.enabled) return;
    this.#lines.push(`${this.#time.nowMs.toFixed(2).padStart(10)} ms  ${who.padEnd(9)} ${message}`);
  }

  /** A member's log as lines of the trace. */
  logger(who: string): Logger {
    const at =
      (level: keyof Logger) =>
      (fields: object, message: string): void => {
        if (this.enabled)
          this.add(who, `${level === 'info' ? '' : `${level}: `}${message}${describe(fields)}`);
      };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }
}

function describe(fields: object): string {
  const text = Object.entries(fields).map(([key, value]) =>
    value instanceof Error ? `${key}=${value.message}` : `${key}=${JSON.stringify(value)}`,
  );
  return text.length === 0 ? '' : ` (${text.join(' ')})`;
}
