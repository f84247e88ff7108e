import { bytesText } from '../../quantities.ts';
import type { Examined } from '../examined.ts';
import { type Finding, finding } from '../finding.ts';

const rooms: Readonly<Record<number, string>> = {
  1: 'is low on disk',
  2: 'is so low on disk that it takes small writes alone',
  3: 'has a full disk: it takes deletions alone',
};

/** The disk is below what the member keeps free. */
export function disk({ status }: Examined): Finding[] {
  return status.members.flatMap(({ serverId, disk }) => {
    const room = rooms[disk?.room ?? 0];
    if (room === undefined) return [];
    return [
      finding(
        'disk',
        'wrong',
        [serverId],
        `Member ${serverId} ${room}: ${bytesText(disk?.freeBytes ?? 0)} are free.`,
        'Make room on the disk of its data folder, or give it a larger one.',
      ),
    ];
  });
}
