import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession, ConnectionLost, Refused, SessionRefused } from '../../../testkit/src/session.ts';
import { errorCode, readLong } from '../../../testkit/src/wire/replies.ts';
import { op, readBody } from '../../../testkit/src/wire/requests.ts';

const RETRY_MS = 50;
const PATIENCE_MS = 30_000;
/** In a stat: czxid in front, the owner behind czxid, mzxid, ctime, mtime and three versions. */
const OWNER_OFFSET = 44;

const empty = Buffer.alloc(0);

/** What is known of a node that goes with its session. */
export interface Ephemeral {
  readonly czxid: number;
  /** The id of its session in hexadecimal. */
  readonly owner: string;
}

/**
 * Changes nodes, and looks at them, from outside of the clients. Each change is brought about however often members go meanwhile, and happens once: who
 * watches is told once.
 */
export class Observer {
  readonly #members: () => readonly Endpoint[];

  /** @param members those that run now */
  constructor(members: () => readonly Endpoint[]) {
    this.#members = members;
  }

  async set(path: string, value: string): Promise<void> {
    await this.#persistently(async (session) => {
      const { data } = await session.get(path);
      if (data.toString('utf8') !== value) await session.set(path, Buffer.from(value));
    });
  }

  async create(path: string): Promise<void> {
    await this.#persistently(async (session) => {
      await session.create(path, empty).catch(unless(errorCode.nodeExists));
    });
  }

  async delete(path: string): Promise<void> {
    await this.#persistently(async (session) => {
      await session.delete(path).catch(unless(errorCode.noNode));
    });
  }

  children(path: string): Promise<string[]> {
    return this.#persistently((session) => session.children(path));
  }

  /** undefined: it is not there. */
  ephemeral(path: string): Promise<Ephemeral | undefined> {
    return this.#persistently(async (session) => {
      const { err, body } = await session.request(op.exists, readBody(path));
      if (err === errorCode.noNode) return undefined;
      if (err !== 0) throw new Refused(err, `exists ${path}`);
      const owner = body.subarray(OWNER_OFFSET, OWNER_OFFSET + 8).toString('hex');
      return { czxid: readLong(body, 0), owner: sameId(owner) };
    });
  }

  /** By a session of its own, in which all that was committed before is seen. */
  async #persistently<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt++) {
      const members = this.#members();
      try {
        const session = await ClientSession.connect(members[attempt % members.length]!);
        try {
          await session.sync('/');
          return await work(session);
        } finally {
          await session.close();
        }
      } catch (error) {
        const isPassing = error instanceof ConnectionLost || error instanceof SessionRefused;
        if (!isPassing || performance.now() > deadlineMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/** Ids of sessions, however many zeros their writer puts in front. */
export function sameId(hexadecimal: string): string {
  return BigInt(`0x${hexadecimal}`).toString(16);
}

function unless(code: number): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Refused && error.code === code)) throw error;
  };
}
