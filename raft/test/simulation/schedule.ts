/** Virtual time in milliseconds; what is due at the same time runs in the order in which it was scheduled. */
export class Schedule {
  nowMs = 0;
  readonly #due: ((() => void)[] | undefined)[] = [];

  after(delayMs: number, action: () => void): void {
    const at = this.nowMs + Math.max(1, delayMs);
    const actions = this.#due[at];
    if (actions === undefined) this.#due[at] = [action];
    else actions.push(action);
  }

  /** Advances by one millisecond and runs what is due. */
  next(): void {
    this.nowMs += 1;
    const actions = this.#due[this.nowMs];
    if (actions === undefined) return;
    this.#due[this.nowMs] = undefined;
    for (let i = 0; i < actions.length; i += 1) actions[i]?.();
  }
}
