/** One server-sent event, as it came. */
export interface Told {
  readonly event: string;
  /** undefined: it had none. */
  readonly id: number | undefined;
  /** As if it had all that any event has. */
  readonly data: {
    readonly path: string;
    readonly zxid: number;
    readonly fromZxid: number;
    readonly toZxid: number;
    readonly node: { readonly text: string } | null;
  };
}

/** The events of one watch, one after the other. */
export class EventReader {
  readonly #body: AsyncIterator<Uint8Array>;
  readonly #abort: AbortController;
  readonly headers: Headers;
  /** Comments that came so far. */
  heartbeats = 0;
  #text = '';

  constructor(response: Response, abort: AbortController) {
    this.#body = response.body![Symbol.asyncIterator]();
    this.headers = response.headers;
    this.#abort = abort;
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return new EventReader(response, abort);
  }

  /** undefined at the end. */
  async next(): Promise<Told | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await this.#body.next();
        if (done === true) return undefined;
        this.#text += Buffer.from(value).toString('utf8');
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const told = this.#read(block);
      if (told !== undefined) return told;
    }
  }

  /** So many of them, each as `type path`, or `type` alone where it has none. */
  async types(count: number): Promise<string[]> {
    const types: string[] = [];
    while (types.length < count) {
      const told = await this.next();
      types.push(`${told?.event} ${told?.data.path}`);
    }
    return types;
  }

  async heartbeat(): Promise<void> {
    for (const before = this.heartbeats; this.heartbeats === before; ) {
      const { value } = await this.#body.next();
      for (const block of Buffer.from(value!).toString('utf8').split('\n\n')) this.#read(block);
    }
  }

  close(): void {
    this.#abort.abort();
  }

  #read(block: string): Told | undefined {
    const fields = new Map(
      block.split('\n').map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    if (fields.has('')) this.heartbeats++;
    const data = fields.get('data');
    if (data === undefined) return undefined;
    const id = fields.get('id');
    return {
      event: fields.get('event')!,
      id: id === undefined ? undefined : Number(id),
      data: JSON.parse(data),
    };
  }
}
