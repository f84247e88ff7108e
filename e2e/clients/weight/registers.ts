import type { ClientSession } from '../../../testkit/src/session.ts';
import type { Tally } from './tally.ts';
import type { Values } from './values.ts';

interface Content {
  readonly count: number;
  readonly length: number;
}

/** A node that one writer alone changes. Its version counts the writes, so none can be lost or done twice unseen. */
export interface Register {
  readonly path: string;
  version: number;
  content: Content;
  /** A write is under way, or was when the connection ended. */
  pending: Content | undefined;
}

/** The registers of one writer: what was acknowledged, what is in doubt, and whether a member has just that. */
export class Registers {
  readonly all: readonly Register[];
  readonly #writer: number;
  readonly #values: Values;
  readonly #tally: Tally;
  #count = 0;

  constructor(writer: number, folder: string, size: number, values: Values, tally: Tally) {
    this.#writer = writer;
    this.#values = values;
    this.#tally = tally;
    this.all = Array.from({ length: size }, (_, i) => ({
      path: `${folder}/r${i}`,
      version: 0,
      content: { count: 0, length: 0 },
      pending: undefined,
    }));
  }

  /** The value to send. */
  begin(register: Register, length: number): Buffer {
    this.#count += 1;
    register.pending = { count: this.#count, length };
    return this.#valueOf(register.pending);
  }

  acknowledge(register: Register): void {
    if (register.pending === undefined) throw new Error(`${register.path} has no write under way`);
    register.content = register.pending;
    register.version += 1;
    register.pending = undefined;
  }

  /** The write was refused: it was not done. */
  refuse(register: Register): void {
    register.pending = undefined;
  }

  /** Reads behind a sync what came of the writes in doubt. */
  async settle(session: ClientSession): Promise<void> {
    for (const register of this.all) {
      const { pending } = register;
      if (pending === undefined) continue;
      const { data, stat } = await session.get(register.path);
      this.#tally.inDoubt += 1;
      if (stat.version === register.version + 1 && data.equals(this.#valueOf(pending))) {
        this.acknowledge(register);
        this.#tally.inDoubtDone += 1;
      } else {
        register.pending = undefined;
        this.compare(register, stat.version, data, 'after a write in doubt');
      }
    }
  }

  /** Every register, as a member shows it behind a sync. */
  async verify(session: ClientSession, where: string): Promise<void> {
    for (const register of this.all) {
      const { data, stat } = await session.get(register.path);
      this.compare(register, stat.version, data, where);
    }
  }

  compare(register: Register, version: number, data: Buffer, where: string): void {
    const { path, content } = register;
    if (version < register.version) {
      this.#tally.problem(
        `lost: ${path} ${where} has version ${version}, acknowledged are ${register.version}`,
      );
    } else if (version > register.version) {
      this.#tally.problem(
        `doubled: ${path} ${where} has version ${version} after ${register.version} writes`,
      );
    } else if (!data.equals(this.#valueOf(content))) {
      this.#tally.problem(
        `changed: ${path} ${where} has ${data.length} bytes that are not those of write ${content.count}`,
      );
    }
  }

  #valueOf({ count, length }: Content): Buffer {
    return this.#values.value(this.#writer, count, length);
  }
}
