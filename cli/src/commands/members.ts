import type { Context } from '../context.ts';
import type { MemberStatus } from '../ensemble-status/ensemble-status.ts';
import { look, reachedOrFail } from '../ensemble-status/look.ts';
import { ExitCode } from '../exit-codes.ts';
import { type Column, tableHead, tableRow } from '../output/table.ts';

const columns: readonly Column[] = [
  { title: 'ID', width: 3, align: 'right' },
  { title: 'ROLE', width: 10, align: 'left' },
  { title: 'VOTES', width: 5, align: 'left' },
  { title: 'ADDRESS', width: 24, align: 'left' },
  { title: 'CLIENTS', width: 0, align: 'left' },
];

/** Who is a member, as the configuration of the ensemble says. */
export async function members(context: Context): Promise<ExitCode> {
  const looked = await look(context);
  reachedOrFail(looked);
  if (!context.json) await context.out.line(context.colours.dim(tableHead(columns)));
  for (const member of looked.status.members) {
    await (context.json ? context.jsonLine(jsonOf(member)) : context.out.line(lineOf(member)));
  }
  return ExitCode.ok;
}

function jsonOf({ serverId, role, votes, address, clientAddress }: MemberStatus): unknown {
  return {
    id: serverId ?? null,
    role,
    votes,
    address: address ?? null,
    clientAddress: clientAddress ?? null,
  };
}

function lineOf({ serverId, role, votes, address, clientAddress, http }: MemberStatus): string {
  return tableRow(columns, [
    serverId === undefined ? '-' : String(serverId),
    role,
    votes ? 'yes' : 'no',
    address ?? http ?? '-',
    clientAddress ?? '-',
  ]);
}
