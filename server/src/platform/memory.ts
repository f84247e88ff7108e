import { totalmem } from 'node:os';

/** Bytes of memory that this process may have: the machine's, or less where a control group says so (as in a container). */
export function mostMemory(): number {
  const constrained = process.constrainedMemory();
  // 0: not known. Without a limit it is a number beyond every machine's.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
