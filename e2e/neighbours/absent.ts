/** A program that people run beside ZooKeeper and that is not run here. */
export interface Absent {
  readonly title: string;
  /** What was tried, and what came of it. */
  readonly tried: string;
}

export const absent: readonly Absent[] = [];
