import { quantityBytes } from '@rookery/crds';

const MiB = 1024 * 1024;
/** Below it Node would collect garbage all the time. */
const MIN_HEAP_MIB = 64;
/** The server's own ceiling of limits.treeBytes. */
const MAX_TREE_BYTES = 2 ** 40;

/** How a member divides its limit of memory; what neither takes is for Node itself, buffers and the kernel's sockets. */
export interface MemoryShares {
  /** Of --max-old-space-size. The tree lies outside of the heap: a quarter of the limit does. */
  readonly heapMiB: number;
  /** Half of the limit; beyond it the member refuses to grow the tree instead of being killed. */
  readonly treeBytes: number;
}

/** `limit`: of the container, as the spec has it. */
export function memoryShares(limit: string | number): MemoryShares {
  const bytes = quantityBytes(limit);
  return {
    heapMiB: Math.max(MIN_HEAP_MIB, Math.floor(bytes / 4 / MiB)),
    treeBytes: Math.min(MAX_TREE_BYTES, Math.floor(bytes / 2)),
  };
}
