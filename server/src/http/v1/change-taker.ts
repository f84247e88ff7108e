type Taken<T> = IteratorResult<T> | 'nothing';

/** Takes from a stream, for as long as it may take: what does not come in time comes later, and is never lost. */
export class ChangeTaker<T> {
  readonly #source: AsyncIterator<T>;
  #result: IteratorResult<T> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isAsking = false;
  #wake: (() => void) | undefined;

  constructor(source: AsyncIterator<T>) {
    this.#source = source;
  }

  /** Rejects where the stream does. */
  async within(ms: number): Promise<Taken<T>> {
    this.#ask();
    if (this.#isAsking)
      await this.#wait((wake) => {
        const timer = setTimeout(wake, ms);
        return () => clearTimeout(timer);
      });
    return this.#take();
  }

  /** What is there already, once what is under way in this round of the event loop has been taken in. */
  async now(): Promise<Taken<T>> {
    this.#ask();
    if (this.#isAsking)
      await this.#wait((wake) => {
        const round = setImmediate(wake);
        return () => clearImmediate(round);
      });
    return this.#take();
  }

  async #wait(until: (wake: () => void) => () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const cancel = until(resolve);
    await promise;
    cancel();
    this.#wake = undefined;
  }

  /** One question is under way at a time, however often it is waited for. */
  #ask(): void {
    if (this.#isAsking || this.#result !== undefined || this.#failure !== undefined) return;
    this.#isAsking = true;
    const answered = (): void => {
      this.#isAsking = false;
      this.#wake?.();
    };
    this.#source.next().then(
      (result) => {
        this.#result = result;
        answered();
      },
      (error: unknown) => {
        this.#failure = { error };
        answered();
      },
    );
  }

  #take(): Taken<T> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const result = this.#result;
    this.#result = undefined;
    return result ?? 'nothing';
  }
}
