import type { Bounds } from '../bounds/bounds.ts';
import type { Member } from '../member.ts';
import type { ReportMachine } from './report-machine.ts';
import type { LimitUse } from './shapes.ts';

/** How near this member is to each of its limits. What is not known, before it has read its data or of a system that does not tell, is left out. */
export function limitsUsed(
  member: Member,
  bounds: Pick<Bounds, 'clientMemoryBytes'>,
  machine: ReportMachine,
): LimitUse[] {
  const { clients, config, running } = member;
  const { limits } = config;
  const counted = (name: string, what: string, used: number, most: number): LimitUse => ({
    ...{ name, what, used, most },
    unit: 'count',
  });
  const sized = (name: string, what: string, used: number, most: number): LimitUse => ({
    ...{ name, what, used, most },
    unit: 'bytes',
  });
  const heap = machine.heap();
  const descriptors = machine.descriptors();
  const disk = member.storage?.metrics().nearest;
  return [
    counted(
      'limits.connections',
      'connections of clients',
      clients.counters.connections,
      machine.mostConnections,
    ),
    counted('limits.watches', 'paths watched times watchers', clients.watches.pairs, limits.watches),
    counted(
      'limits.outstandingRequests',
      'requests that are not answered yet',
      clients.executor.outstanding,
      limits.outstandingRequests,
    ),
    sized('clientMemory', 'memory held for clients', clients.memory.totalBytes, bounds.clientMemoryBytes),
    ...(running === undefined
      ? []
      : [
          counted(
            'limits.sessions',
            'sessions of the ensemble',
            running.machine.sessions.size,
            limits.sessions,
          ),
          counted('limits.nodes', 'znodes', running.machine.tree.nodeCount, limits.nodes),
          sized(
            'limits.treeBytes',
            'paths and data of znodes',
            running.machine.tree.storedBytes,
            limits.treeBytes,
          ),
        ]),
    sized('heap', "the runtime's own memory", heap.usedBytes, heap.mostBytes),
    ...(descriptors === undefined
      ? []
      : [counted('descriptors', 'file descriptors', descriptors.open, descriptors.most)]),
    // Before the first look nothing is known to be free; a disk without an end is no limit.
    ...(disk === undefined || disk.freeBytes === 0 || !Number.isFinite(disk.freeBytes)
      ? []
      : [
          sized(
            'disk',
            'what has to stay free of the disk, of what is free',
            disk.reserveBytes,
            disk.freeBytes,
          ),
        ]),
  ];
}
