import { isKeeperWrite, isWriteOp, OpCode, Reader, readWrite } from '@rookery/protocol';
import {
  COMMAND_HEADER_BYTES,
  COMMAND_VERSION,
  type CommandHeader,
  emptyCommandHeader,
  levelOf,
  opOf,
  readCommandHeader,
  versionOf,
} from '../model/command.ts';
import { KEEPER_LEVEL, type LevelRange } from '../model/feature-level.ts';
import { readIdentities } from '../model/identity-record.ts';

/** What the state machine does something for. */
function isKnownOp(op: number): boolean {
  return isForwardedOp(op) || isLeadersOp(op);
}

/** What a member asks for its clients. */
function isForwardedOp(op: number): boolean {
  switch (op) {
    case OpCode.createSession:
    case OpCode.attachSession:
    case OpCode.closeSession:
    case OpCode.setIdentities:
      return true;
    default:
      return isWriteOp(op);
  }
}

/** What only a leader decides. */
function isLeadersOp(op: number): boolean {
  switch (op) {
    case OpCode.expireSession:
    case OpCode.deleteContainer:
    case OpCode.checkpoint:
    case OpCode.raiseFeatureLevel:
    case OpCode.restore:
      return true;
    default:
      return false;
  }
}

/**
 * Why a follower must not take this entry's command from its leader, for a person; undefined where it may. Looks at version, feature level and
 * operation only: the leader has checked the rest, and what is unreadable all the same changes nothing, on every member alike.
 */
export function unreadableCommand(
  command: Uint8Array,
  { highest }: Pick<LevelRange, 'highest'>,
): string | undefined {
  if (command.length < COMMAND_HEADER_BYTES) return `a command of ${command.length} bytes`;
  const version = versionOf(command);
  if (version !== COMMAND_VERSION)
    return `a command of version ${version}, and this member reads version ${COMMAND_VERSION}`;
  const level = levelOf(command);
  if (level > highest)
    return `a command that needs feature level ${level}, and this member runs no higher one than ${highest}`;
  const op = opOf(command);
  return isKnownOp(op) ? undefined : `a command with operation ${op}, which this member does not know`;
}

const ANY_LEVEL = { highest: Number.POSITIVE_INFINITY };
const header = emptyCommandHeader();
const reader = new Reader();

/**
 * Why the leader must not propose what the member `from` forwards, for a person; undefined where it may. What it lets through, every
 * member can apply.
 *
 * @param featureLevel the one in force
 */
export function unfitForward(command: Uint8Array, from: number, featureLevel: number): string | undefined {
  const unreadable = unreadableCommand(command, ANY_LEVEL);
  if (unreadable !== undefined) return unreadable;
  if (!readCommandHeader(command, 0, header)) return 'a command whose header is malformed';
  const { op, origin } = header;
  if (!isForwardedOp(op)) return `operation ${op}, which only a leader decides`;
  if (origin !== from) return `a request of the member with id ${origin}, whose link this is not`;
  if (header.level !== 0) return `a command of feature level ${header.level}, which only a leader decides`;
  if (!hasSaneNumbers(header)) return 'a command whose numbers are not whole and below 2^53';
  reader.reset(command, COMMAND_HEADER_BYTES, command.length);
  return whyUnfitBody(op, featureLevel);
}

function hasSaneNumbers({ session, attachIndex, requestNumber }: CommandHeader): boolean {
  return isWhole(session) && isWhole(attachIndex) && isWhole(requestNumber) && requestNumber > 0;
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** `reader` stands behind the header. Decodes as the state machine will. */
function whyUnfitBody(op: number, featureLevel: number): string | undefined {
  const malformed = `operation ${op} with a record that cannot be read`;
  switch (op) {
    case OpCode.createSession:
      if (reader.readInt() <= 0) return malformed;
      readIdentities(reader);
      break;
    case OpCode.attachSession:
      readIdentities(reader);
      if (reader.remaining > 0 && reader.readInt() <= 0) return malformed;
      break;
    case OpCode.setIdentities:
      readIdentities(reader);
      break;
    case OpCode.closeSession:
      break;
    default: {
      const write = readWrite(op, reader);
      if (write === undefined) return malformed;
      if (featureLevel >= KEEPER_LEVEL || !isKeeperWrite(write)) return undefined;
      return `operation ${op}, which needs feature level ${KEEPER_LEVEL} where ${featureLevel} is in force`;
    }
  }
  return reader.failed ? malformed : undefined;
}
