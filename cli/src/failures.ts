import { CoordinationError, type CoordinationErrorCode } from '@rookery/client';
import { ExitCode } from './exit-codes.ts';
import { HttpFailure } from './members-http/http-failure.ts';

/** What was typed, or a file that was named, will not do: the message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and not carried out. The message says why, and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Nobody answered. The message says who was asked, and what to do. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** What was asked for is not there. The message says what, and where to look. */
export class Absent extends Error {
  override readonly name = 'Absent';
}

/** There is no such node. */
export class NotFound extends Error {
  override readonly name = 'NotFound';

  constructor(path: string) {
    super(`${path}: there is no such node; see what there is: rookery ls PARENT`);
  }
}

export interface Explanation {
  readonly exitCode: ExitCode;
  /** One line. */
  readonly line: string;
}

const unreachable: ReadonlySet<CoordinationErrorCode> = new Set([
  'CONNECTION_LOST',
  'SESSION_LOST',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'CLOSED',
  'TOO_MANY_PENDING',
]);

/** What whoever met the error can do about it. */
const advice: Readonly<Partial<Record<CoordinationErrorCode, string>>> = {
  NO_AUTH: 'prove who you are by --user and ROOKERY_PASSWORD, or see who may: rookery acl get PATH',
  AUTH_FAILED: 'check --user and its password',
  AUTH_REQUIRED: 'prove who you are by --user and ROOKERY_PASSWORD',
  BAD_VERSION: 'somebody was faster; look at it anew: rookery stat PATH',
  NODE_EXISTS: 'change it by: rookery set PATH VALUE',
  NOT_EMPTY: 'remove them with it by: rookery rm -r PATH',
  INVALID_ACL: 'see the forms: rookery acl set --help',
  NO_CHILDREN_FOR_EPHEMERALS: 'choose a parent that is not ephemeral',
  UNIMPLEMENTED: 'it is too old for this, or has it switched off',
  QUOTA_EXCEEDED: 'remove something, or have the quota raised',
  NOT_READ_ONLY: 'ask a member that has a quorum',
  THROTTLED: 'try again later',
};

/** What an error means for whoever typed the command. */
export function explain(error: unknown): Explanation {
  if (error instanceof UsageError) return { exitCode: ExitCode.usage, line: oneLine(error.message) };
  if (error instanceof Refusal) return { exitCode: ExitCode.refused, line: oneLine(error.message) };
  if (error instanceof Unreachable) return { exitCode: ExitCode.unreachable, line: oneLine(error.message) };
  if (error instanceof HttpFailure)
    return { exitCode: ExitCode.unreachable, line: oneLine(`${error.at}: ${error.message}`) };
  if (error instanceof Absent) return { exitCode: ExitCode.no, line: oneLine(error.message) };
  if (error instanceof NotFound) return { exitCode: ExitCode.no, line: error.message };
  if (error instanceof CoordinationError) return ofCoordination(error);
  // The client's word for arguments that no server would be asked about.
  if (error instanceof RangeError) return { exitCode: ExitCode.usage, line: oneLine(error.message) };
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: ExitCode.unexpected, line: oneLine(`a bug of this command, please report it: ${said}`) };
}

function ofCoordination(error: CoordinationError): Explanation {
  const line = oneLine(error.message);
  if (error.code === 'NO_NODE') return { exitCode: ExitCode.no, line: noNode(error, line) };
  if (unreachable.has(error.code)) {
    const what =
      error.operation === 'connect'
        ? 'is a server running there, and is --server (or ROOKERY_SERVER) right?'
        : error.retry === 'in-doubt'
          ? 'it may have been done: look before you try again'
          : 'try again, with a longer --timeout if the server is slow';
    return { exitCode: ExitCode.unreachable, line: `${line}; ${what}` };
  }
  const what = advice[error.code];
  return { exitCode: ExitCode.refused, line: what === undefined ? line : `${line}; ${what}` };
}

function noNode(error: CoordinationError, line: string): string {
  return error.operation === 'create'
    ? `create ${error.path}: its parent is not there; make it, too, by --parents`
    : `${line}; see what there is: rookery ls PARENT`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
