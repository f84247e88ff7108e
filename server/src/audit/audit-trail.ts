import {
  decodeUtf8,
  ErrorCode,
  type Identities,
  OpCode,
  Reader,
  readWrite,
  type SingleWrite,
  type TreeWrite,
  type WriteOutcome,
} from '@rookery/protocol';
import { ANYONE } from '../model/access.ts';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../model/command.ts';
import type { SessionId } from '../model/ids.ts';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.ts';
import type { Applied } from '../replica/applied.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import { ChangeKind } from '../tree/outcome.ts';
import { AuditOperation, shownAcl, shownPath, shownUsers, znodeTypeOf } from './audit-names.ts';

const MAX_SHOWN_ACLS = 64;
const MAX_SHOWN_SCHEME = 32;

/** Who asked. */
interface Asker {
  readonly session: number;
  readonly identities: Identities;
}

type Result = AuditEvent['result'];

/**
 * What one member tells of what was done through it: each write that its clients asked for, once it was applied or where it was refused, each
 * proof that failed, and what it decided by itself as the leader. Each thing is told by one member.
 */
export class AuditTrail {
  readonly #sink: AuditSink;
  /** The user of what the server does by itself. */
  readonly #server: readonly string[];
  #machine: Pick<StateMachine, 'sessions'> | undefined;
  /** How lists of identities are shown: sessions share them. */
  readonly #shown = new WeakMap<Identities, Pick<AuditEvent, 'user' | 'ip'>>();
  readonly #reader = new Reader();
  readonly #header = emptyCommandHeader();

  constructor(sink: AuditSink, serverId: number) {
    this.#sink = sink;
    this.#server = [`member:${serverId}`];
  }

  /** Sessions are looked up here from now on. */
  attach(machine: Pick<StateMachine, 'sessions'>): void {
    this.#machine = machine;
  }

  serverStarted(): void {
    this.#ofServer(AuditOperation.serverStart, 'success');
  }

  serverStartFailed(): void {
    this.#ofServer(AuditOperation.serverStart, 'failure');
  }

  serverStops(): void {
    this.#ofServer(AuditOperation.serverStop, 'invoked');
  }

  /** A command of this member was applied. `command` is what the log holds. */
  applied(result: Applied, command: Uint8Array): void {
    const { op, session } = result;
    switch (op) {
      case OpCode.deleteContainer:
        if (result.err === ErrorCode.ok) this.#transientGone(command);
        return;
      case OpCode.setIdentities: {
        const identities = result.err === ErrorCode.ok ? result.identities : this.#identitiesOf(session);
        this.#record(
          { session, identities },
          { operation: AuditOperation.auth, result: resultOf(result.err) },
        );
        return;
      }
      default:
    }
    const write = this.#writeIn(op, command);
    if (write === undefined) return;
    const err = result.outcome?.err ?? result.err;
    const asker = { session, identities: this.#identitiesOf(session) };
    if (err === ErrorCode.ok && result.outcome !== undefined) this.#done(asker, write, result.outcome);
    else this.#write(asker, write, resultOf(err));
  }

  /** A piece of the end of a session, which this member brought about. */
  sessionsNodesGone({ session, changes }: Applied): void {
    if (changes === undefined) return;
    for (let i = 0; i < changes.changeCount; i++) {
      if (changes.changeKind(i) !== ChangeKind.deleted) continue;
      this.#sink.record({
        session: hexOf(session),
        user: this.#server,
        operation: AuditOperation.ephemeralGone,
        znode: shownPath(changes.changePath(i)),
        result: 'success',
      });
    }
  }

  /** A command that this member handed to a leader, and of which it cannot learn whether it was applied. */
  lost(command: Uint8Array): void {
    const header = this.#header;
    if (!readCommandHeader(command, 0, header)) return;
    const write = this.#writeIn(header.op, command);
    const { session } = header;
    if (write !== undefined)
      this.#write({ session, identities: this.#identitiesOf(session) }, write, 'invoked');
  }

  /** A request that is not proposed: its record is `bytes[start, end)`. */
  refused(asker: Asker, op: number, bytes: Uint8Array, start: number, end: number): void {
    const write = readWrite(op, this.#reader.reset(bytes, start, end));
    if (write !== undefined) this.#write(asker, write, 'failure');
  }

  /** A reconfig, which one member carries out and the one that took it tells of. */
  reconfig(asker: Asker, result: Result): void {
    this.#record(asker, { operation: AuditOperation.reconfig, result });
  }

  /** Somebody could not prove what they said. @param session the one that it was about; 0: none */
  proofFailed(address: string, scheme: string, session: number): void {
    const asker = { session, identities: [{ scheme: 'ip', id: address }] };
    this.#record(asker, {
      operation: AuditOperation.auth,
      scheme: scheme.slice(0, MAX_SHOWN_SCHEME),
      result: 'failure',
    });
  }

  /** A write that succeeded: of a multi each operation, but those that found nothing to do. */
  #done(asker: Asker, write: TreeWrite, outcome: WriteOutcome): void {
    const writes = write.op === OpCode.multi ? write.writes : [write];
    for (let i = 0; i < writes.length; i++) {
      const { pathStart, pathEnd, isVoid } = outcome.results[i]!;
      if (isVoid) continue;
      const created = pathStart < 0 ? undefined : decodeUtf8(outcome.pathBytes, pathStart, pathEnd);
      this.#single(asker, writes[i]!, created, 'success');
    }
  }

  #write(asker: Asker, write: TreeWrite, result: Result): void {
    if (write.op === OpCode.multi) this.#record(asker, { operation: AuditOperation.multi, result });
    else this.#single(asker, write, undefined, result);
  }

  /** @param created the path of the node that was made */
  #single(asker: Asker, write: SingleWrite, created: string | undefined, result: Result): void {
    const znode = shownPath(created ?? decodeUtf8(write.bytes, write.pathStart, write.pathEnd));
    switch (write.op) {
      case OpCode.check:
      case OpCode.checkNotExists:
      case OpCode.checkStat:
        return;
      case OpCode.removeRecursive:
        this.#record(asker, { operation: AuditOperation.removeRecursive, znode, result });
        return;
      case OpCode.delete:
      case OpCode.tryRemove:
        this.#record(asker, { operation: AuditOperation.delete, znode, result });
        return;
      case OpCode.setData:
        this.#record(asker, { operation: AuditOperation.setData, znode, result });
        return;
      case OpCode.setAcl: {
        const acl = (write.acl ?? []).slice(0, MAX_SHOWN_ACLS).map(shownAcl);
        this.#record(asker, { operation: AuditOperation.setAcl, znode, acl, result });
        return;
      }
      default: {
        const type = znodeTypeOf(write);
        const typed = type === undefined ? {} : { znode_type: type };
        this.#record(asker, { operation: AuditOperation.create, znode, ...typed, result });
      }
    }
  }

  /** A container, or a TTL node whose time was over. */
  #transientGone(command: Uint8Array): void {
    const reader = this.#reader.reset(command, COMMAND_HEADER_BYTES, command.length);
    const znode = shownPath(reader.readString() ?? '');
    this.#sink.record({ user: this.#server, operation: AuditOperation.delete, znode, result: 'success' });
  }

  #writeIn(op: number, command: Uint8Array): TreeWrite | undefined {
    return readWrite(op, this.#reader.reset(command, COMMAND_HEADER_BYTES, command.length));
  }

  #record({ session, identities }: Asker, rest: Omit<AuditEvent, 'session' | 'user' | 'ip'>): void {
    let who = this.#shown.get(identities);
    if (who === undefined) {
      const ip = identities.find(({ scheme }) => scheme === 'ip')?.id;
      who = { user: shownUsers(identities), ...(ip === undefined ? {} : { ip }) };
      this.#shown.set(identities, who);
    }
    this.#sink.record({ ...(session === 0 ? {} : { session: hexOf(session) }), ...who, ...rest });
  }

  #ofServer(operation: string, result: Result): void {
    this.#sink.record({ user: this.#server, operation, result });
  }

  #identitiesOf(session: SessionId): Identities {
    return this.#machine?.sessions.get(session)?.identities ?? ANYONE;
  }
}

function resultOf(err: ErrorCode): Result {
  return err === ErrorCode.ok ? 'success' : 'failure';
}

function hexOf(session: number): string {
  return `0x${session.toString(16)}`;
}
