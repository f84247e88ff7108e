import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';

/** A client that goes on writing: what was acknowledged, and what of it stands at the end. */
export class CountingWriter {
  acknowledged = 0;
  readonly #session: ClientSession;
  readonly #path: string;
  #isOver = false;
  readonly #writing: Promise<void>;

  constructor(session: ClientSession, path: string) {
    this.#session = session;
    this.#path = path;
    this.#writing = this.#write();
    this.#writing.catch(() => {});
  }

  static async at(endpoint: Endpoint, path: string): Promise<CountingWriter> {
    const session = await ClientSession.connect(endpoint);
    await session.create(path, Buffer.from('0'));
    return new CountingWriter(session, path);
  }

  /** Settles once so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged + count;
    while (this.acknowledged < wanted) {
      await Promise.race([this.#writing, new Promise((resolve) => setTimeout(resolve, 10))]);
    }
  }

  /** Of its node. */
  async end(): Promise<{ readonly value: number; readonly version: number }> {
    this.#isOver = true;
    await this.#writing;
    const { data, stat } = await this.#session.get(this.#path);
    await this.#session.close();
    return { value: Number(data.toString()), version: stat.version };
  }

  async #write(): Promise<void> {
    while (!this.#isOver) {
      await this.#session.set(this.#path, Buffer.from(String(this.acknowledged + 1)));
      this.acknowledged++;
    }
  }
}
