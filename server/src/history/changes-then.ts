import {
  decodeUtf8,
  ErrorCode,
  type Identities,
  OpCode,
  Permission,
  Reader,
  readWrite,
} from '@rookery/protocol';
import { shownUsers } from '../audit/audit-names.ts';
import { ANYONE, permits } from '../model/access.ts';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../model/command.ts';
import type { Applied } from '../replica/applied.ts';
import { decodeContext } from '../replica/membership/membership.ts';
import { ChangeKind, type Outcome } from '../tree/outcome.ts';
import type { Before, Listener } from './past.ts';
import { answerLine } from './question.ts';

const KINDS: Readonly<Partial<Record<ChangeKind, string>>> = {
  [ChangeKind.created]: 'created',
  [ChangeKind.deleted]: 'deleted',
  [ChangeKind.data]: 'changed',
};

/** By what a node changed that no client asked for in so many words. */
const CAUSES: Readonly<Record<number, string>> = {
  [OpCode.closeSession]: 'session-closed',
  [OpCode.expireSession]: 'session-expired',
  [OpCode.deleteContainer]: 'time-over',
};

export interface WhichChanges {
  readonly path: string;
  readonly isRecursive: boolean;
  readonly identities: Identities;
}

/** Tells of the changes of a node, or of a subtree, as they are applied again, those that whoever asks might have read of then. */
export class ChangesThen implements Listener {
  /** Lines that nobody has taken yet. */
  readonly lines: string[] = [];
  readonly #which: WhichChanges;
  readonly #below: string;
  readonly #header = emptyCommandHeader();
  readonly #reader = new Reader();
  /** Of the session that asked, as it was before: with its end it is gone. */
  #identities: Identities = ANYONE;

  constructor(which: WhichChanges) {
    this.#which = which;
    this.#below = which.path === '/' ? '/' : `${which.path}/`;
  }

  before({ entry, machine }: Before): void {
    readCommandHeader(entry.data, 0, this.#header);
    this.#identities = machine.sessions.get(this.#header.session)?.identities ?? ANYONE;
  }

  applied(result: Applied, write: Before): void {
    if (result.isRestored) this.lines.push(answerLine('', { type: 'restored', ...this.#moment(result) }));
    const { changes } = result;
    for (let at = 0; changes !== undefined && at < changes.changeCount; at++)
      this.#changed(result, changes, at, write);
    if (result.op === OpCode.setAcl && result.err === ErrorCode.ok) this.#aclSet(result, write);
  }

  #changed(result: Applied, changes: Outcome, at: number, write: Before): void {
    const kind = KINDS[changes.changeKind(at)];
    if (kind === undefined) return;
    const path = changes.changePath(at);
    if (this.#isAsked(path)) this.#tell(result, kind, path, changes.changeAcl(at), write);
  }

  /** Of which watches hear nothing. */
  #aclSet(result: Applied, write: Before): void {
    const { entry, machine } = write;
    const record = readWrite(
      result.op,
      this.#reader.reset(entry.data, COMMAND_HEADER_BYTES, entry.data.length),
    );
    if (record === undefined || record.op === OpCode.multi) return;
    const path = decodeUtf8(record.bytes, record.pathStart, record.pathEnd);
    if (!this.#isAsked(path)) return;
    const slot = machine.tree.lookupText(path);
    this.#tell(result, 'acl', path, machine.tree.acl(slot), write);
  }

  #isAsked(path: string): boolean {
    const { path: asked, isRecursive } = this.#which;
    return path === asked || (isRecursive && path.startsWith(this.#below));
  }

  #tell(
    result: Applied,
    kind: string,
    path: string,
    acl: Parameters<typeof permits>[0],
    write: Before,
  ): void {
    const { identities } = this.#which;
    if (!permits(acl, Permission.read, identities)) return;
    const told = { type: kind, path, ...this.#moment(result) };
    const isAdmin = permits(acl, Permission.admin, identities);
    this.lines.push(answerLine(path, told, isAdmin ? { by: this.#author(result, write) } : undefined));
  }

  #moment({ zxid }: Applied): { readonly zxid: number; readonly timeMs: number } {
    return { zxid, timeMs: this.#header.timeMs };
  }

  #author({ op, session, origin }: Applied, { machine }: Before): object {
    const context = machine.configuration.contexts.get(origin);
    const cause = CAUSES[op];
    return {
      session: session === 0 ? null : `0x${session.toString(16)}`,
      users: shownUsers(this.#identities),
      member: context === undefined ? null : decodeContext(context).serverId,
      ...(cause === undefined ? {} : { cause }),
    };
  }
}
