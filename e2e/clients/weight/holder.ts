import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { type ClientSession, Refused } from '../../../testkit/src/session.ts';
import { errorCode } from '../../../testkit/src/wire/replies.ts';
import { createFlags } from '../../../testkit/src/wire/requests.ts';
import { Client, inTime, pause } from './client.ts';
import type { Tally } from './tally.ts';

export const EPHEMERALS = '/weight/ephemerals';

const LOOK_MS = 2_000;
const empty = Buffer.alloc(0);

/** A client that holds an ephemeral node, as those do who are registered or lead: neither session nor node may go. */
export class Holder {
  readonly path: string;
  readonly #client: Client;
  readonly #tally: Tally;
  /** Who made the node: another zxid would be another node. */
  #czxid: number | undefined;

  constructor(index: number, endpoints: readonly Endpoint[], tally: Tally) {
    this.path = `${EPHEMERALS}/h${index}`;
    this.#client = new Client(index, endpoints, tally);
    this.#tally = tally;
  }

  run(): Promise<void> {
    return this.#client.run(async (session, isNew) => {
      await inTime(session, session.sync(EPHEMERALS));
      // A create in doubt, or one of a session that was lost, has left a node: it is found below.
      if (isNew || this.#czxid === undefined) await inTime(session, this.#hold(session));
      while (!this.#client.isStopped) {
        await this.verify(session, 'seen by its owner');
        await pause(LOOK_MS);
      }
    });
  }

  stop(): void {
    this.#client.stop();
  }

  async verify(session: ClientSession, where: string): Promise<void> {
    try {
      const { stat } = await inTime(session, session.get(this.path));
      if (this.#czxid !== undefined && stat.czxid !== this.#czxid) {
        this.#tally.problem(`ephemeral: ${this.path} ${where} is another one`);
        this.#czxid = stat.czxid;
      }
    } catch (error) {
      if (!(error instanceof Refused && error.code === errorCode.noNode)) throw error;
      if (this.#czxid === undefined) return;
      this.#tally.problem(`ephemeral: ${this.path} ${where} is gone`);
      this.#czxid = undefined;
    }
  }

  async #hold(session: ClientSession): Promise<void> {
    try {
      await session.create(this.path, empty, createFlags.ephemeral);
    } catch (error) {
      if (!(error instanceof Refused && error.code === errorCode.nodeExists)) throw error;
    }
    const { stat } = await session.get(this.path);
    this.#czxid = stat.czxid;
  }
}
