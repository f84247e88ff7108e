import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { printable, timeText, zxidText } from '../output/node-text.ts';
import { type Column, tableHead, tableRow } from '../output/table.ts';
import { askPast, type PastLine } from '../past/ask-past.ts';
import { type Moment, parametersOf, parseMoment } from '../past/moment.ts';

export interface BlameOptions {
  readonly recursive?: boolean;
  readonly since?: string;
  readonly until?: string;
}

const columns: readonly Column[] = [
  { title: 'ZXID', width: 10, align: 'left' },
  { title: 'TIME', width: 20, align: 'left' },
  { title: 'WHAT', width: 8, align: 'left' },
  { title: 'BY', width: 0, align: 'left' },
];

/** Who wrote a node, or a subtree: every write that is still known, the oldest first. */
export async function blame(context: Context, text: string, options: BlameOptions): Promise<ExitCode> {
  const parameters = {
    recursive: String(options.recursive === true),
    ...momentOf(context, options.since, 'after'),
    ...momentOf(context, options.until, 'to'),
  };
  let found = 0;
  for await (const line of askPast(context, 'changes', text, parameters)) {
    if (line.type === 'at' || line.type === 'end') continue;
    if (context.json) await context.jsonLine(jsonOf(line));
    else {
      if (found === 0) await context.out.line(context.colours.dim(tableHead(columns)));
      await context.out.line(lineOf(line, options.recursive === true));
    }
    found++;
  }
  if (found === 0) context.note(`${text}: no write is known`);
  return found === 0 ? ExitCode.no : ExitCode.ok;
}

function momentOf(
  context: Context,
  text: string | undefined,
  which: 'after' | 'to',
): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const moment: Moment = parseMoment(text, context.nowMs());
  return parametersOf(moment, which);
}

function jsonOf({ type, path, fields }: PastLine): unknown {
  const by = fields.fields('by');
  return {
    type,
    path,
    zxid: fields.number('zxid'),
    time: new Date(fields.number('timeMs') ?? 0).toISOString(),
    by: fields.names.includes('by')
      ? {
          session: by.text('session') ?? null,
          users: by.texts('users'),
          member: by.number('member') ?? null,
          cause: by.text('cause') ?? null,
        }
      : null,
  };
}

function lineOf({ type, path, fields }: PastLine, hasPaths: boolean): string {
  const row = tableRow(columns, [
    zxidText(fields.number('zxid') ?? 0),
    timeText(fields.number('timeMs') ?? 0),
    type,
    fields.names.includes('by') ? byText(fields.fields('by')) : 'not told to you',
  ]);
  return hasPaths ? `${row}  ${printable(path)}` : row;
}

const CAUSES: Readonly<Record<string, string>> = {
  'session-closed': 'its session was closed',
  'session-expired': 'its session expired',
  'time-over': 'its time was over',
};

/** Addresses first, as they say from where. */
function byText(by: PastLine['fields']): string {
  const cause = by.text('cause');
  const users = [...by.texts('users')].map(printable);
  const session = by.text('session');
  const who = [...users, ...(session === undefined ? [] : [`session ${session}`])].join(' ');
  const via = by.number('member');
  const said = via === undefined || cause !== undefined ? who : `${who} at member ${via}`;
  return cause === undefined ? said : `${said} (${CAUSES[cause] ?? cause})`.trim();
}
