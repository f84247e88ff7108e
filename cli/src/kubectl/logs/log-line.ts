import type { Colours } from '../../output/colours.ts';
import { printable } from '../../output/node-text.ts';

/** A line of a member's log, as kubectl gives it. */
export interface LogLine {
  readonly serverId: number;
  readonly pod: string;
  /** When it was written, by the node's clock; RFC 3339, in nanoseconds. */
  readonly time: string;
  readonly text: string;
}

/** Reads what `kubectl logs --timestamps` prints. A line without a time, such as kubectl's own, has that of the line before it. */
export function logLineOf(serverId: number, pod: string, printed: string, before: string): LogLine {
  const [, time, text] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ?(.*)$/s.exec(printed) ?? [];
  return time === undefined || text === undefined
    ? { serverId, pod, time: before, text: printed }
    : { serverId, pod, time, text };
}

/** What a member's own lines have and is shown elsewhere. */
const SHOWN: ReadonlySet<string> = new Set(['time', 'level', 'member', 'msg']);
const LEVEL_WIDTH = 5;

/** For people: time, member, level, message and what else the line says. What is no JSON is shown as it is. */
export function logText({ serverId, time, text }: LogLine, colours: Colours): string {
  const head = `${colours.dim(timeText(time))}  ${String(serverId).padStart(3)}`;
  const object = objectOf(text);
  if (object === undefined || typeof object.msg !== 'string') return `${head}  ${printable(text)}`;
  const level = String(object.level ?? '');
  const paint =
    level === 'error' || level === 'fatal' ? colours.red : level === 'warn' ? colours.yellow : plain;
  const rest = Object.entries(object)
    .filter(([name]) => !SHOWN.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const said = [object.msg, ...(rest.length === 0 ? [] : [colours.dim(printable(rest.join(' ')))])];
  return `${head}  ${paint(printable(level).padEnd(LEVEL_WIDTH))}  ${printable(said[0] ?? '')}${said[1] === undefined ? '' : `  ${said[1]}`}`;
}

/** For programs: a line of JSON is the object that it is. */
export function logJson({ serverId, pod, time, text }: LogLine): unknown {
  return { member: serverId, pod, time, line: objectOf(text) ?? text };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const plain = (text: string): string => text;

/** To the millisecond. */
function timeText(time: string): string {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return seconds === '' ? ' '.repeat(24) : `${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}
