import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asker } from './asker.ts';
import type { ErrorBody } from './errors.ts';

/** JSON Schema, of which an operation's parameters and bodies are made, and its part of the OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;

export interface MediaTypes {
  readonly [mediaType: string]: { readonly schema: Schema };
}

export interface Answer {
  readonly description: string;
  readonly content?: MediaTypes;
  /** Names of headers besides `Rookery-Zxid`. */
  readonly headers?: readonly string[];
}

/** One operation: what it takes and answers, once for the checks and for the OpenAPI document. */
export type Operation = Described &
  (
    | {
        /** A watch, or a walk, has a place for as long as it lasts, a request for as long as it takes. */
        readonly place: 'request' | 'watch' | 'walk';
        readonly handle: Handler;
      }
    | {
        /** What is open to all needs no place and no session. */
        readonly place: 'none';
        readonly document: () => unknown;
      }
  );

interface Described {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'POST';
  /** `{path}` stands for a node's path without its first slash, whatever slashes it has. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** By name; a text each, as it stands in a URL. */
  readonly query?: Readonly<Record<string, Schema>>;
  /** Request headers that mean something, with what they mean. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is taken as it comes; a door that takes one takes no body of another kind. */
  readonly body?: { readonly isRequired: boolean; readonly isStream?: boolean; readonly content: MediaTypes };
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses of errors besides those of every operation. */
  readonly errors: readonly number[];
}

/** `path`: of the node, with its first slash. Returns the answer's body. */
export type Handler = (asked: Asked, reply: FastifyReply) => Promise<unknown>;

export interface Asked {
  readonly request: FastifyRequest;
  /** Of the door at which it is asked. */
  readonly prefix: string;
  readonly path: string;
  /** A parameter that stands for itself: whether it is there. */
  has(name: string): boolean;
  /** The text of a parameter; undefined: it is not there. */
  text(name: string): string | undefined;
  header(name: string): string | undefined;
  readonly body: unknown;
  readonly asker: Asker;
  /** Logs an error that nobody expected. Returns what the caller is told of it. */
  readonly unexpected: (error: Error) => ErrorBody;
}

/** Of a parameter that stands for itself: `?create`. */
export const flag = (description: string): Schema => ({ type: 'string', enum: ['', 'true'], description });
