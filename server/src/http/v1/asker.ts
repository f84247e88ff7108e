import { isCoordinationError } from '@rookery/client';
import type { Call } from '@rookery/client/world';
import { SyncCall } from '@rookery/client/world';
import { Writer } from '@rookery/protocol';
import type { FastifyReply } from 'fastify';
import type { Bounds } from '../../bounds/bounds.ts';
import type { Lease } from './caller-sessions.ts';
import { ProgramsError } from './errors.ts';

/** Of each answer: the newest write that the member had applied when it answered, or the answered write itself. */
export const ZXID_HEADER = 'rookery-zxid';
const LENGTH_BYTES = 4;

type AskerBounds = Pick<
  Bounds,
  'requestBytes' | 'httpPageChildren' | 'httpWatchChanges' | 'httpHeartbeatMs' | 'httpImportBytes'
>;

/** Sends the calls of one request, and says in its answer how new what they answered is. */
export class Asker {
  readonly lease: Lease;
  readonly bounds: AskerBounds;
  readonly #reply: FastifyReply;
  #zxid = 0;

  constructor(lease: Lease, reply: FastifyReply, bounds: AskerBounds) {
    this.lease = lease;
    this.#reply = reply;
    this.bounds = bounds;
  }

  /** Rejects with CoordinationError, or with ProgramsError where it is longer than a request may be: it would end its session's connection. */
  async ask<T>(call: Call<T>): Promise<T> {
    const { sessions } = this.lease;
    const bytes = frameBytes(call);
    const { requestBytes } = this.bounds;
    if (bytes > requestBytes) {
      const why = `it comes to a request of ${bytes} bytes, and client.maxFrameBytes is ${requestBytes}`;
      throw new ProgramsError('TOO_LARGE', why, call.path);
    }
    try {
      return await sessions.submit(call, {});
    } catch (error) {
      // Its connection is closed with that answer; whoever asks next begins anew.
      if (isCoordinationError(error, 'AUTH_REQUIRED')) this.lease.end();
      throw error;
    } finally {
      this.#zxid = Math.max(this.#zxid, call.answerZxid);
      if (this.#zxid > 0) this.#reply.header(ZXID_HEADER, String(this.#zxid));
    }
  }

  /** What is asked behind it is answered from a state that holds all that anybody was answered before. */
  sync(path: string): Promise<void> {
    return this.ask(new SyncCall(path, path));
  }
}

/** Of the request, as a member counts it. */
function frameBytes(call: Call<unknown>): number {
  const writer = new Writer(256);
  call.write(writer, 1);
  return writer.length - LENGTH_BYTES;
}
