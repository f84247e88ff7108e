import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpError } from '../errors.ts';
import type { ProofHeader } from './caller.ts';
import type { Operation } from './route.ts';

/** A way into the tree over HTTP: operations, and what is asked of whoever comes to them. */
export interface Door {
  /** Before the path of each operation. */
  readonly prefix: string;
  readonly operations: readonly Operation[];
  /** Where callers prove who they are. */
  readonly proof: ProofHeader;
  /** For whoever asks for something that there is not; undefined: it is told what all of HTTP has. */
  readonly help?: string;
  /** Looks at each request before anything else here does. Throws, or rejects with, HttpError or ProgramsError. */
  check(request: FastifyRequest): Promise<void> | void;
  /** What is answered where such a check, or one of all of HTTP, refuses a request. */
  refusal(error: HttpError, reply: FastifyReply): { readonly status: number; readonly body: object };
}
