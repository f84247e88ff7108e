import { CoordinationError, type CoordinationErrorCode, type Retry, TransactionError } from '@rookery/client';
import type { FastifyError } from 'fastify';
import { ProgramsRefusal } from '../../errors/error-codes.ts';

export type ErrorCode = CoordinationErrorCode | ProgramsRefusal;

/** Of each code the status that it is answered with. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_ARGUMENTS: 400,
  INVALID_ACL: 400,
  EPHEMERAL_ON_LOCAL_SESSION: 400,
  AUTH_FAILED: 401,
  AUTH_REQUIRED: 401,
  NO_AUTH: 403,
  [ProgramsRefusal.forbidden]: 403,
  NO_NODE: 404,
  [ProgramsRefusal.notFound]: 404,
  [ProgramsRefusal.methodNotAllowed]: 405,
  NODE_EXISTS: 409,
  NOT_EMPTY: 409,
  NO_CHILDREN_FOR_EPHEMERALS: 409,
  NO_WATCHER: 409,
  NEW_CONFIG_NO_QUORUM: 409,
  RECONFIG_IN_PROGRESS: 409,
  RECONFIG_DISABLED: 409,
  [ProgramsRefusal.moreNodes]: 409,
  [ProgramsRefusal.cursorLost]: 410,
  BAD_VERSION: 412,
  TOO_LARGE: 413,
  [ProgramsRefusal.unsupportedMediaType]: 415,
  THROTTLED: 429,
  TOO_MANY_PENDING: 429,
  SERVER_ERROR: 500,
  [ProgramsRefusal.internal]: 500,
  UNIMPLEMENTED: 501,
  NOT_READ_ONLY: 503,
  SYSTEM_ERROR: 503,
  SESSION_MOVED: 503,
  SESSION_LOST: 503,
  CONNECTION_LOST: 503,
  ABORTED: 503,
  CLOSED: 503,
  [ProgramsRefusal.notServing]: 503,
  DEADLINE_EXCEEDED: 504,
  QUOTA_EXCEEDED: 507,
};

/** The body of every answer that is not a success. */
export interface ErrorBody {
  /** Stable: programs match it, never the message. */
  readonly code: ErrorCode;
  readonly message: string;
  /** The node that it is about. */
  readonly path?: string;
  /** Whether it was done, or may yet be: see `Retry` of the client. */
  readonly retry: Retry;
  /** Of a transaction: which of its steps could not be done, counted from 0. */
  readonly step?: number;
}

/** What this door itself refuses; it was not done. */
export class ProgramsError extends Error {
  override readonly name = 'ProgramsError';
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly retry: Retry;
  readonly status: number;

  constructor(code: ErrorCode, message: string, path?: string, retry: Retry = 'no', status = STATUS[code]) {
    super(message);
    this.code = code;
    this.status = status;
    this.path = path;
    this.retry = retry;
  }
}

export function noEphemerals(path: string): ProgramsError {
  const why =
    'an ephemeral node goes with the session of its creator, and a caller of HTTP has none: use a client';
  return new ProgramsError('EPHEMERAL_ON_LOCAL_SESSION', why, path);
}

/** What to answer; undefined: nobody expected it. */
export function answerOf(error: Error): { readonly status: number; readonly body: ErrorBody } | undefined {
  if (error instanceof CoordinationError) return answerOfCall(error);
  if (error instanceof ProgramsError) {
    const { code, message, path, retry, status } = error;
    return { status, body: { code, message, ...pathOf(path), retry } };
  }
  return answerOfFramework(error as FastifyError);
}

function answerOfCall(error: CoordinationError): { readonly status: number; readonly body: ErrorBody } {
  const { code, message, path, retry } = error;
  const step = error instanceof TransactionError ? { step: error.index } : {};
  return { status: STATUS[code], body: { code, message, ...pathOf(path), retry, ...step } };
}

function pathOf(path: string | undefined): { readonly path?: string } {
  return path === undefined ? {} : { path };
}

function answerOfFramework(error: FastifyError): ReturnType<typeof answerOf> {
  const refuse = (code: ErrorCode, said: string): ReturnType<typeof answerOf> => ({
    status: STATUS[code],
    body: { code, message: said, retry: 'no' },
  });
  switch (error.statusCode) {
    case 413:
      return refuse('TOO_LARGE', 'the body is longer than a request may be (client.maxFrameBytes)');
    case 415:
      return refuse(ProgramsRefusal.unsupportedMediaType, 'this call takes no body of that type');
    case 400:
      return refuse('BAD_ARGUMENTS', whyNotValid(error));
    default:
      return undefined;
  }
}

/** Names what there is not, which the framework does not. */
function whyNotValid({ message, validation, validationContext }: FastifyError): string {
  const [first] = validation ?? [];
  const extra = first?.params.additionalProperty;
  if (typeof extra !== 'string') return message;
  const where = validationContext === 'querystring' ? 'the URL' : `body${first?.instancePath}`;
  return `${where} has "${extra}", which this call does not know`;
}
