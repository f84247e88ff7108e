import { basename } from 'node:path';
import type { Replayed } from './replay.ts';

/** What was found, and what became of it: this is what `--json` prints. */
export interface ImportReport {
  readonly snapshot: string;
  readonly logs: readonly string[];
  /** As ZooKeeper writes it: hexadecimal. */
  readonly zxid: string;
  readonly transactions: number;
  /** Transactions behind which the tree was compared with ZooKeeper's own digest of it. */
  readonly digestsCompared: number;
  readonly nodes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  readonly remarks: readonly string[];
  /** The data folder that was made; null: the files were only looked at. */
  readonly dataDir: string | null;
  /** Zxids of the new cluster come behind this one. */
  readonly zxidsFrom: string;
}

export function reportOf(
  { state, snapshot, logs, remarks }: Replayed,
  dataDir: string | undefined,
  firstZxid: number,
): ImportReport {
  const { tree, sessions, zxid, applied, compared } = state;
  return {
    snapshot: basename(snapshot.path),
    logs: logs.map(({ path }) => basename(path)),
    zxid: hex(zxid),
    transactions: applied,
    digestsCompared: compared,
    nodes: tree.nodeCount,
    ephemerals: tree.znodes.ephemerals.count,
    sessions: sessions.size,
    remarks,
    dataDir: dataDir ?? null,
    zxidsFrom: hex(firstZxid),
  };
}

export function tellReport(report: ImportReport, { serverId }: { readonly serverId: number }): string {
  const { snapshot, logs, zxid, transactions, digestsCompared, nodes, ephemerals, sessions } = report;
  const lines = [
    `Found ${nodes} nodes, ${ephemerals} of them ephemeral, and ${sessions} sessions, up to zxid ${zxid}:`,
    `  ${snapshot}, and ${transactions} transactions behind it in ${logs.length === 0 ? 'no log' : logs.join(', ')}`,
    `  ${digestsCompared === 0 ? "no transaction tells ZooKeeper's digest of the tree: that could not be compared" : `the tree is ZooKeeper's by its digest behind each of ${digestsCompared} transactions`}`,
    ...report.remarks.map((remark) => `  ${remark}`),
  ];
  if (report.dataDir === null) return [...lines, 'Nothing was written (--check).'].join('\n');
  return [
    ...lines,
    `Written to ${report.dataDir}: member ${serverId} is alone in its cluster. Zxids go on behind ${report.zxidsFrom}.`,
    `Next: start member ${serverId}, then the others with empty data folders; clients of the old ensemble go on with their sessions.`,
  ].join('\n');
}

function hex(zxid: number): string {
  return `0x${zxid.toString(16)}`;
}
