import type { NodeStat } from '@rookery/client';
import { inOrder, join } from '@rookery/client/subtree';
import type { Context, Place } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { statJson } from '../output/node-json.ts';
import { ownerText, timeText } from '../output/node-text.ts';
import { type Column, tableHead, tableRow } from '../output/table.ts';

export interface LsOptions {
  readonly long?: boolean;
}

const MAX_IN_FLIGHT = 128;
const columns: readonly Column[] = [
  { title: 'VERSION', width: 7, align: 'right' },
  { title: 'CHILDREN', width: 8, align: 'right' },
  { title: 'BYTES', width: 8, align: 'right' },
  { title: 'MODIFIED', width: 20, align: 'left' },
  { title: 'OWNER', width: 18, align: 'left' },
  { title: 'NAME', width: 0, align: 'left' },
];

/** The names of the children in order, one a line; for programs an object of each. */
export async function ls(context: Context, text: string, { long }: LsOptions): Promise<ExitCode> {
  const { out, json, colours } = context;
  const place = await context.at(text);
  const { names } = await place.client.children(place.path);
  names.sort();
  if (long !== true) {
    for (const name of names)
      await (json ? context.jsonLine({ name, path: join(place.path, name) }) : out.line(name));
    return ExitCode.ok;
  }
  if (!json && names.length > 0) await out.line(colours.dim(tableHead(columns)));
  for await (const { name, stat } of inOrder(names, MAX_IN_FLIGHT, (name) => statOf(place, name))) {
    if (stat === undefined) continue;
    if (json) await context.jsonLine({ name, path: join(place.path, name), stat: statJson(stat) });
    else await out.line(tableRow(columns, [...cellsOf(stat), name]));
  }
  return ExitCode.ok;
}

async function statOf(
  { client, path }: Place,
  name: string,
): Promise<{ readonly name: string; readonly stat: NodeStat | undefined }> {
  return { name, stat: await client.exists(join(path, name)) };
}

function cellsOf(stat: NodeStat): string[] {
  return [
    String(stat.version),
    String(stat.numChildren),
    String(stat.dataLength),
    timeText(stat.mtime),
    ownerText(stat),
  ];
}
