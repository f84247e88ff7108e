import { createReadStream } from 'node:fs';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { printable } from '../output/node-text.ts';
import { listing } from '../output/table.ts';
import { bytesText, counted, countText } from '../quantities.ts';
import { ByteSource, SnapshotFault } from '../snapshot-file/byte-source.ts';
import { readSnapshot, type SnapshotEnd } from '../snapshot-file/read-snapshot.ts';
import { SnapshotSummary } from '../snapshot-file/summary.ts';

const PIECE_BYTES = 1024 * 1024;
/** Subtrees that people are shown; programs have all of them. */
const MOST_SHOWN = 20;

interface Examined {
  readonly summary: SnapshotSummary;
  /** What it ends with, or what is wrong with it. */
  readonly end: SnapshotEnd | SnapshotFault;
}

/** What a file has that `snapshot save` wrote, or a member of either system. */
export async function showSnapshot(context: Context, file: string): Promise<ExitCode> {
  const { summary, end } = await examine(context, file);
  if (end instanceof SnapshotFault) return tellFault(context, file, end);
  const { sessions, nodes, ephemerals, bytes, subtrees } = summary;
  const lastZxid = end.lastZxid === undefined ? undefined : `0x${end.lastZxid.toString(16)}`;
  if (context.json) {
    await context.jsonLine({
      file,
      whole: true,
      lastZxid: lastZxid ?? null,
      sessions,
      nodes,
      ephemerals,
      bytes,
      subtrees,
    });
    return ExitCode.ok;
  }
  const entries: (readonly [string, string])[] = [
    ['last zxid', lastZxid ?? 'it does not say'],
    ['sessions', countText(sessions)],
    ['nodes', `${countText(nodes)}, of which ${countText(ephemerals)} ephemeral`],
    ['values', bytesText(bytes)],
  ];
  await context.out.line(listing(entries));
  for (const subtree of subtrees.slice(0, MOST_SHOWN))
    await context.out.line(
      `  ${printable(subtree.path)}  ${counted(subtree.nodes, 'node')}, ${bytesText(subtree.bytes)}`,
    );
  if (subtrees.length > MOST_SHOWN) await context.out.line(`  and ${subtrees.length - MOST_SHOWN} more`);
  return ExitCode.ok;
}

/** Whether a file is a snapshot, and whole. */
export async function verifySnapshot(context: Context, file: string): Promise<ExitCode> {
  const { summary, end } = await examine(context, file);
  if (end instanceof SnapshotFault) return tellFault(context, file, end);
  if (context.json) await context.jsonLine({ file, whole: true, nodes: summary.nodes, bytes: end.bytes });
  else
    await context.out.line(
      `${file} is whole: ${counted(summary.nodes, 'node')} in ${bytesText(end.bytes)}, its checksums are right`,
    );
  return ExitCode.ok;
}

async function examine(context: Context, file: string): Promise<Examined> {
  const summary = new SnapshotSummary();
  const pieces = createReadStream(file, { highWaterMark: PIECE_BYTES, signal: context.signal });
  try {
    return { summary, end: await readSnapshot(new ByteSource(pieces), summary) };
  } catch (error) {
    if (error instanceof SnapshotFault) return { summary, end: error };
    context.signal.throwIfAborted();
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  } finally {
    pieces.destroy();
  }
}

async function tellFault(context: Context, file: string, { message }: SnapshotFault): Promise<ExitCode> {
  if (context.json) await context.jsonLine({ file, whole: false, why: message });
  else context.note(`${file}: ${message}`);
  return ExitCode.no;
}
