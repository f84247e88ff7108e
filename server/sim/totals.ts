/** What one run, or many, came to. Every counter must have moved over a whole test run: what never happens is not tested. */
export class Totals {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  merge(counts: Iterable<readonly [string, number]>): void {
    for (const [name, count] of counts) this.add(name, count);
  }

  entries(): (readonly [string, number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
