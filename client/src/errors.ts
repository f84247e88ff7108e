import { ErrorCode } from '@rookery/protocol';

/** What the servers' error codes are called here; one that is not listed becomes `SERVER_ERROR`. */
const names: Readonly<Record<number, CoordinationErrorCode>> = {
  [ErrorCode.systemError]: 'SYSTEM_ERROR',
  [ErrorCode.badArguments]: 'BAD_ARGUMENTS',
  [ErrorCode.unimplemented]: 'UNIMPLEMENTED',
  [ErrorCode.newConfigNoQuorum]: 'NEW_CONFIG_NO_QUORUM',
  [ErrorCode.reconfigInProgress]: 'RECONFIG_IN_PROGRESS',
  [ErrorCode.noNode]: 'NO_NODE',
  [ErrorCode.noAuth]: 'NO_AUTH',
  [ErrorCode.badVersion]: 'BAD_VERSION',
  [ErrorCode.noChildrenForEphemerals]: 'NO_CHILDREN_FOR_EPHEMERALS',
  [ErrorCode.nodeExists]: 'NODE_EXISTS',
  [ErrorCode.notEmpty]: 'NOT_EMPTY',
  [ErrorCode.sessionExpired]: 'SESSION_LOST',
  [ErrorCode.invalidAcl]: 'INVALID_ACL',
  [ErrorCode.authFailed]: 'AUTH_FAILED',
  [ErrorCode.sessionMoved]: 'SESSION_MOVED',
  [ErrorCode.notReadOnly]: 'NOT_READ_ONLY',
  [ErrorCode.ephemeralOnLocalSession]: 'EPHEMERAL_ON_LOCAL_SESSION',
  [ErrorCode.noWatcher]: 'NO_WATCHER',
  [ErrorCode.reconfigDisabled]: 'RECONFIG_DISABLED',
  [ErrorCode.sessionClosedRequireSaslAuth]: 'AUTH_REQUIRED',
  [ErrorCode.quotaExceeded]: 'QUOTA_EXCEEDED',
  [ErrorCode.throttledOp]: 'THROTTLED',
};

export type CoordinationErrorCode =
  // Answers of a server.
  | 'BAD_ARGUMENTS'
  | 'UNIMPLEMENTED'
  | 'NEW_CONFIG_NO_QUORUM'
  | 'RECONFIG_IN_PROGRESS'
  | 'NO_NODE'
  | 'NO_AUTH'
  | 'BAD_VERSION'
  | 'NO_CHILDREN_FOR_EPHEMERALS'
  | 'NODE_EXISTS'
  | 'NOT_EMPTY'
  | 'INVALID_ACL'
  | 'AUTH_FAILED'
  | 'AUTH_REQUIRED'
  | 'SESSION_MOVED'
  | 'NOT_READ_ONLY'
  | 'EPHEMERAL_ON_LOCAL_SESSION'
  | 'NO_WATCHER'
  | 'RECONFIG_DISABLED'
  | 'QUOTA_EXCEEDED'
  | 'THROTTLED'
  /** The server has no room for it, or has reached one of its limits. */
  | 'SYSTEM_ERROR'
  /** Another error; `serverCode` says which. */
  | 'SERVER_ERROR'
  // What the client itself has found.
  /** The connection broke with the request on its way. */
  | 'CONNECTION_LOST'
  /** The session is over: its ephemeral nodes are gone, or go. */
  | 'SESSION_LOST'
  | 'DEADLINE_EXCEEDED'
  | 'ABORTED'
  /** More calls are waiting than `maxPendingCalls`. */
  | 'TOO_MANY_PENDING'
  /** The client was closed. */
  | 'CLOSED'
  | 'TOO_LARGE';

/**
 * What is known of a call that failed.
 *
 * - `safe`: it was not done; asking again may succeed.
 * - `in-doubt`: it may have been done, or may yet be; look at the tree before asking again.
 * - `no`: it was not done, and is not as long as the tree, the rights or the arguments are as they are.
 */
export type Retry = 'safe' | 'in-doubt' | 'no';

const safeAnswers: ReadonlySet<CoordinationErrorCode> = new Set([
  'THROTTLED',
  'SYSTEM_ERROR',
  'RECONFIG_IN_PROGRESS',
  'SESSION_MOVED',
  'NOT_READ_ONLY',
]);

/** A call that failed, or a client that cannot go on. `code` is stable; the message is for people. */
export class CoordinationError extends Error {
  override readonly name = 'CoordinationError';
  readonly code: CoordinationErrorCode;
  /** `create`, `get`, …: what was asked for. */
  readonly operation: string;
  /** As the caller gave it. */
  readonly path: string | undefined;
  readonly retry: Retry;
  /** The number that the server answered; undefined where the client itself failed the call. */
  readonly serverCode: number | undefined;

  constructor(
    code: CoordinationErrorCode,
    message: string,
    details: {
      readonly operation: string;
      readonly path?: string | undefined;
      readonly retry: Retry;
      readonly serverCode?: number;
      readonly cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.path = details.path;
    this.retry = details.retry;
    this.serverCode = details.serverCode;
  }
}

export function isCoordinationError(
  error: unknown,
  code?: CoordinationErrorCode,
): error is CoordinationError {
  return error instanceof CoordinationError && (code === undefined || error.code === code);
}

/** What a server's answer to `operation` means. */
export function errorOfAnswer(
  serverCode: number,
  operation: string,
  path: string | undefined,
): CoordinationError {
  const code = names[serverCode] ?? 'SERVER_ERROR';
  const said = code === 'SERVER_ERROR' ? `the server answered error ${serverCode}` : explanations[code];
  return new CoordinationError(code, `${operation}${path === undefined ? '' : ` ${path}`}: ${said}`, {
    operation,
    path,
    retry: safeAnswers.has(code) ? 'safe' : 'no',
    serverCode,
  });
}

const explanations: Readonly<Partial<Record<CoordinationErrorCode, string>>> = {
  BAD_ARGUMENTS: 'the server does not take these arguments',
  UNIMPLEMENTED: 'the server does not know this operation',
  NEW_CONFIG_NO_QUORUM: 'the new members would have no quorum',
  RECONFIG_IN_PROGRESS: 'another reconfiguration is under way',
  NO_NODE: 'there is no such node',
  NO_AUTH: 'the access list does not allow it',
  BAD_VERSION: 'the node has another version',
  NO_CHILDREN_FOR_EPHEMERALS: 'ephemeral nodes have no children',
  NODE_EXISTS: 'the node exists',
  NOT_EMPTY: 'the node has children',
  SESSION_LOST: 'the session is over',
  INVALID_ACL: 'the access list is not valid',
  AUTH_FAILED: 'the server does not believe these credentials',
  AUTH_REQUIRED: 'the server serves none but authenticated clients',
  SESSION_MOVED: 'the session has moved to another connection',
  NOT_READ_ONLY: 'the server has no quorum and serves reads alone',
  EPHEMERAL_ON_LOCAL_SESSION: 'a local session has no ephemeral nodes',
  NO_WATCHER: 'nothing is watched there',
  RECONFIG_DISABLED: 'reconfiguration is switched off at the server',
  QUOTA_EXCEEDED: 'the quota is exceeded',
  SYSTEM_ERROR: 'the server has no room for it, or has reached a limit; its log says which',
  THROTTLED: 'the server has too much to do',
};
