export interface Scheduler {
  /** Runs `task` once this turn's events have been taken in. */
  defer(task: () => void): void;
  /** Runs `task` about every `periodMs` until the returned function is called; late calls are not made up for. */
  every(periodMs: number, task: () => void): () => void;
}
