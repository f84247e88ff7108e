import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Bytes of memory that this process may have: the machine's, or less where a control group says so (as in a container). */
export function mostMemory(): number {
  const constrained = process.constrainedMemory();
  // 0: not known. Without a limit it is a number beyond every machine's.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Of the runtime: what its objects take, and how much they may before the process ends. The tree and the buffers of sockets lie outside. */
export function machineHeap(): { readonly usedBytes: number; readonly mostBytes: number } {
  const { used_heap_size: usedBytes, heap_size_limit: mostBytes } = getHeapStatistics();
  return { usedBytes, mostBytes };
}
