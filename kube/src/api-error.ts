/**
 * Why a request did not succeed. `reason` is the API server's own word (NotFound, AlreadyExists, Conflict, Expired, Invalid,
 * Forbidden, TooManyRequests …) or, with code 0, one of these, where no whole answer came.
 */
export const LocalReason = {
  /** The configuration or the credentials could not be read. */
  notConfigured: 'NotConfigured',
  /** No connection, or it broke: whether a write was done is not known. */
  connectionLost: 'ConnectionLost',
  /** No whole answer in time: whether a write was done is not known. */
  timedOut: 'TimedOut',
  /** The caller gave up. */
  aborted: 'Aborted',
  /** Not sent: this process is not, or no longer, the one that may write. */
  notLeader: 'NotLeader',
  /** What came is not what the API server sends. */
  badAnswer: 'BadAnswer',
} as const;
export type LocalReason = (typeof LocalReason)[keyof typeof LocalReason];

export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  /** The HTTP status; 0 where there was none. */
  readonly code: number;
  readonly reason: string;
  /** How long the API server asks to wait; undefined where it asks nothing. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: number,
    reason: string,
    message: string,
    more: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.reason = reason;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** Words for what proxies answer in the API server's place, and for a status that names no reason. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** How much of an answer that is no Status is worth showing. */
const MAX_SHOWN_CHARS = 200;

/**
 * The error of an answer that is not a success: a Status as JSON, or whatever a proxy wrote.
 * @param what the request, for the person who reads the message: `GET /api/v1/…`
 * @param retryAfter the header of that name: seconds, or undefined
 */
export function errorOfAnswer(what: string, code: number, body: string, retryAfter?: string): ApiError {
  const status = statusOf(body);
  const seconds =
    retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : status?.retry;
  const text = status?.message ?? body.slice(0, MAX_SHOWN_CHARS).trim();
  return new ApiError(code, status?.reason ?? REASONS[code] ?? 'Unknown', `${what}: ${code} ${text}`, {
    retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
  });
}

/** The error that a Status object tells, as in an ERROR event of a watch. */
export function errorOfStatus(what: string, status: unknown): ApiError {
  const code = typeof status === 'object' && status !== null && 'code' in status ? Number(status.code) : 0;
  return errorOfAnswer(what, Number.isInteger(code) ? code : 0, JSON.stringify(status));
}

interface ReadStatus {
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly retry: number | undefined;
}

function statusOf(body: string): ReadStatus | undefined {
  let status: unknown;
  try {
    status = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof status !== 'object' || status === null) return undefined;
  const { reason, message, details } = status as Record<string, unknown>;
  const retry =
    typeof details === 'object' && details !== null
      ? (details as Record<string, unknown>).retryAfterSeconds
      : undefined;
  return {
    reason: typeof reason === 'string' && reason !== '' ? reason : undefined,
    message: typeof message === 'string' && message !== '' ? message : undefined,
    retry: typeof retry === 'number' && retry > 0 ? retry : undefined,
  };
}

/** Whether this is an ApiError of this HTTP status, and, if given, this reason. */
export function isApiError(error: unknown, code: number, reason?: string): error is ApiError {
  return (
    error instanceof ApiError && error.code === code && (reason === undefined || error.reason === reason)
  );
}

export function isNotFound(error: unknown): boolean {
  return isApiError(error, 404);
}

/** Somebody else changed the object, or a precondition no longer holds: read again, decide again. */
export function isConflict(error: unknown): boolean {
  return isApiError(error, 409) && error.reason !== 'AlreadyExists';
}

/** The resource version, or the page's token, is too old: list again. */
export function isExpired(error: unknown): boolean {
  return isApiError(error, 410);
}
