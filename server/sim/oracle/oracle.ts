import {
  CreateMode,
  decodeUtf8,
  ErrorCode,
  type Identities,
  isSequential,
  OPEN_ACL,
  OpCode,
  Reader,
  readWrite,
  type SingleWrite,
  type TreeWrite,
  type WriteOutcome,
} from '@rookery/protocol';
import { ANYONE } from '../../src/model/access.ts';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../../src/model/command.ts';
import { readIdentities } from '../../src/model/identity-record.ts';
import type { Applied } from '../../src/replica/applied.ts';
import { demandOf, given, may, tellIdentities } from './rights.ts';
import { TreeHistory } from './tree-history.ts';

/** One session's life, as the log tells it. */
export interface SessionLife {
  readonly id: number;
  /** As negotiated by the last attachment. */
  timeoutMs: number;
  /** Log index and (virtual) time of the last attachment, as the first member applied it. */
  attachIndex: number;
  attachedMs: number;
  attachments: number;
  /** What its connection has proved. */
  identities: Identities;
  /** From before a forced recovery: nobody goes on with it. */
  isFormer: boolean;
  end: { readonly zxid: number; readonly by: 'close' | 'expiry' } | undefined;
}

/** What there was after an entry. */
export interface Census {
  readonly sessions: number;
  readonly ephemerals: number;
  readonly nodes: number;
}

export interface OracleEvents {
  report(rule: string, message: string): void;
  /** An expiry took effect, decided by the leader of `term`. */
  expired(life: SessionLife, term: number): void;
}

export interface OracleTotals {
  sessionsClosed: number;
  expiries: number;
  formersEnded: number;
  voidExpiries: number;
  attachments: number;
  refusedAsMoved: number;
  refusedAsExpired: number;
  ephemerals: number;
  ephemeralsGone: number;
}

/**
 * What the log did, told once: each entry when the first member applies it. It keeps sessions and nodes by rules of its own, checks each outcome
 * about sessions against them, and is what clients' replies and events are compared with.
 */
export class Oracle {
  readonly tree = new TreeHistory();
  readonly sessions = new Map<number, SessionLife>();
  readonly totals: OracleTotals = {
    sessionsClosed: 0,
    expiries: 0,
    formersEnded: 0,
    voidExpiries: 0,
    attachments: 0,
    refusedAsMoved: 0,
    refusedAsExpired: 0,
    ephemerals: 0,
    ephemeralsGone: 0,
  };
  readonly #events: OracleEvents;
  readonly #header = emptyCommandHeader();
  readonly #reader = new Reader();
  /** Log index → census, of the entries that changed it. */
  readonly #censuses: { readonly index: number; readonly census: Census }[] = [
    { index: 0, census: { sessions: 0, ephemerals: 0, nodes: 0 } },
  ];
  /** Parent → the last number given below it. */
  readonly #numbers = new Map<string, number>();
  #index = 0;
  #live = 0;

  constructor(events: OracleEvents) {
    this.#events = events;
  }

  /** An entry without a command was passed. @param isRecovery a forced one: no session of before goes on */
  passed(index: number, isRecovery: boolean): void {
    if (index <= this.#index) return;
    this.#follows(index);
    if (isRecovery) for (const life of this.sessions.values()) life.isFormer = true;
  }

  applied(index: number, term: number, command: Uint8Array, result: Applied, nowMs: number): void {
    if (index <= this.#index) return;
    this.#follows(index);
    const header = this.#header;
    if (!readCommandHeader(command, 0, header)) {
      this.#events.report('the log holds commands', `entry ${index}`);
      return;
    }
    this.#reader.reset(command, COMMAND_HEADER_BYTES, command.length);
    const { zxid, err, outcome } = result;
    switch (header.op) {
      case OpCode.createSession:
        this.#begin(zxid, this.#reader.readInt(), index, nowMs);
        this.#identify(zxid, err);
        break;
      case OpCode.attachSession:
        this.#attach(header.session, index, result, nowMs);
        this.#identify(header.session, err);
        break;
      case OpCode.expireSession:
        this.#expire(header.session, this.#reader.readLong(), zxid, err, term);
        break;
      case OpCode.checkpoint:
      case OpCode.raiseFeatureLevel:
        break;
      default: {
        this.#checkStanding(header.session, header.attachIndex, index, err);
        if (err === ErrorCode.noAuth)
          this.#checkRefusal(readWrite(header.op, this.#reader), header.session, zxid);
        if (err !== ErrorCode.ok) break;
        if (header.op === OpCode.closeSession) {
          this.totals.sessionsClosed++;
          this.#end(header.session, zxid, 'close');
        } else if (header.op === OpCode.setIdentities) this.#identify(header.session, err);
        else if (outcome !== undefined) {
          const write = readWrite(header.op, this.#reader);
          if (write !== undefined) this.#write(write, outcome, header.session, zxid);
        }
      }
    }
    this.#takeCensus();
  }

  /** What every member has when it has applied everything up to `index`. */
  censusAt(index: number): Census {
    return (this.#censuses.findLast((each) => each.index <= index) as { census: Census }).census;
  }

  /** Sessions that have not ended. */
  get liveSessions(): number {
    return this.#live;
  }

  /** Of these, those from before a forced recovery. */
  get formerSessions(): number {
    return [...this.sessions.values()].filter(({ isFormer, end }) => isFormer && end === undefined).length;
  }

  #follows(index: number): void {
    if (this.#index !== 0 && index !== this.#index + 1) {
      this.#events.report('nothing is left out of the log', `${index} was applied after ${this.#index}`);
    }
    this.#index = index;
  }

  #takeCensus(): void {
    const { ephemeralCount: ephemerals, nodeCount: nodes } = this.tree;
    const last = this.#censuses.at(-1)?.census;
    const sessions = this.#live;
    if (last?.sessions === sessions && last.ephemerals === ephemerals && last.nodes === nodes) return;
    this.#censuses.push({ index: this.#index, census: { sessions, ephemerals, nodes } });
  }

  #begin(id: number, timeoutMs: number, index: number, nowMs: number): void {
    if (this.sessions.has(id)) this.#events.report('a session id is new', `${id} again`);
    this.sessions.set(id, {
      id,
      timeoutMs,
      attachIndex: index,
      attachedMs: nowMs,
      attachments: 1,
      identities: ANYONE,
      isFormer: false,
      end: undefined,
    });
    this.#live++;
  }

  #attach(id: number, index: number, { err, timeoutMs }: Applied, nowMs: number): void {
    const life = this.sessions.get(id);
    const lives = life !== undefined && goesOn(life);
    if (lives !== (err === ErrorCode.ok)) {
      this.#events.report(
        'a session is found again as long as it lives, and not after',
        `attaching ${this.#tell(id)} at ${index} came to ${err}`,
      );
    }
    if (!lives || err !== ErrorCode.ok) return;
    life.attachIndex = index;
    life.timeoutMs = timeoutMs;
    life.attachedMs = nowMs;
    life.attachments++;
    this.totals.attachments++;
  }

  /** The reader stands at what the session's connection has proved, in whole. */
  #identify(id: number, err: ErrorCode): void {
    const life = this.sessions.get(id);
    if (life !== undefined && err === ErrorCode.ok) life.identities = readIdentities(this.#reader);
  }

  #identitiesOf(session: number): Identities {
    return this.sessions.get(session)?.identities ?? ANYONE;
  }

  /** Whether the list in force allows it. */
  #allows({ op, bytes, pathStart, pathEnd }: SingleWrite, session: number): boolean {
    const { node, right } = demandOf(op, decodeUtf8(bytes, pathStart, pathEnd));
    return may(this.tree.now(node)?.acl ?? OPEN_ACL, right, this.#identitiesOf(session));
  }

  #checkRefusal(write: TreeWrite | undefined, session: number, zxid: number): void {
    if (write === undefined || write.op === OpCode.multi || !this.#allows(write, session)) return;
    this.#events.report('nobody is refused what a list allows', `${this.#tell(session)} at zxid ${zxid}`);
  }

  #expire(id: number, attachIndexSeen: number, zxid: number, err: ErrorCode, term: number): void {
    const life = this.sessions.get(id);
    const counts = life !== undefined && life.end === undefined && life.attachIndex === attachIndexSeen;
    if (counts !== (err === ErrorCode.ok)) {
      this.#events.report(
        'an expiry is void after a new attachment, and only then',
        `that of ${this.#tell(id)}, which saw attachment ${attachIndexSeen}, came to ${err}`,
      );
    }
    if (!counts) this.totals.voidExpiries++;
    if (err !== ErrorCode.ok || life === undefined) return;
    this.totals.expiries++;
    if (life.isFormer) this.totals.formersEnded++;
    this.#events.expired(life, term);
    this.#end(id, zxid, 'expiry');
  }

  #checkStanding(id: number, attachIndex: number, index: number, err: ErrorCode): void {
    const life = this.sessions.get(id);
    const lives = life !== undefined && goesOn(life);
    const due = !lives
      ? ErrorCode.sessionExpired
      : life.attachIndex === attachIndex
        ? ErrorCode.ok
        : ErrorCode.sessionMoved;
    const given = err === ErrorCode.sessionExpired || err === ErrorCode.sessionMoved ? err : ErrorCode.ok;
    if (due !== given) {
      this.#events.report(
        'a request counts if it came over the last attachment of a session that lives',
        `${this.#tell(id)}: the one of entry ${index} over attachment ${attachIndex} came to ${err} instead of ${due}`,
      );
    }
    if (given === ErrorCode.sessionMoved) this.totals.refusedAsMoved++;
    if (given === ErrorCode.sessionExpired) this.totals.refusedAsExpired++;
  }

  #end(id: number, zxid: number, by: 'close' | 'expiry'): void {
    const life = this.sessions.get(id);
    if (life === undefined || life.end !== undefined) return;
    life.end = { zxid, by };
    this.#live--;
    this.totals.ephemeralsGone += this.tree.ownedBy(id).length;
    this.tree.endSession(id, zxid);
  }

  #write(write: TreeWrite, outcome: WriteOutcome, session: number, zxid: number): void {
    const writes: readonly SingleWrite[] = write.op === OpCode.multi ? write.writes : [write];
    writes.forEach((each, at) => {
      const { bytes, pathStart, pathEnd } = each;
      const path = decodeUtf8(bytes, pathStart, pathEnd);
      const identities = this.#identitiesOf(session);
      if (!this.#allows(each, session)) {
        const who = `${this.#tell(session)}, ${tellIdentities(identities)}`;
        this.#events.report('nobody does what a list forbids', `${path} at zxid ${zxid} by ${who}`);
      }
      if (outcome.results[at]?.isVoid === true) {
        this.#nothingToDo(each, path, zxid);
        return;
      }
      if (changesWhatIsThere(each.op) && this.tree.now(path) === undefined) {
        this.#events.report('only what is there is changed', `${path} at zxid ${zxid}`);
        return;
      }
      switch (each.op) {
        case OpCode.delete:
        case OpCode.tryRemove:
          this.tree.delete(path, zxid);
          break;
        case OpCode.removeRecursive:
          this.#deleteAll(path, each.limit, session, zxid);
          break;
        case OpCode.checkNotExists:
          if (each.version === ANY_VERSION && this.tree.now(path) !== undefined)
            this.#events.report('what must not be there is not', `${path} at zxid ${zxid}`);
          break;
        case OpCode.checkStat:
          break;
        case OpCode.setData:
          this.tree.set(path, zxid);
          break;
        case OpCode.setAcl:
          this.tree.setAcl(path, zxid, given(each.acl ?? OPEN_ACL, identities) ?? OPEN_ACL);
          break;
        case OpCode.check:
          break;
        default: {
          const { flags } = each;
          const result = outcome.results[at];
          const created =
            result === undefined ? path : decodeUtf8(outcome.pathBytes, result.pathStart, result.pathEnd);
          if (isSequential(flags)) this.#numbered(path, created);
          else if (created !== path) this.#events.report('a node gets the name that was asked for', created);
          const isEphemeral = flags === CreateMode.ephemeral || flags === CreateMode.ephemeralSequential;
          if (isEphemeral) this.totals.ephemerals++;
          if (this.tree.now(created) !== undefined) {
            this.#events.report('a name is given once', `${created} is there already at zxid ${zxid}`);
          } else {
            const acl = given(each.acl ?? OPEN_ACL, identities);
            this.tree.create(created, isEphemeral ? session : 0, zxid, acl);
          }
        }
      }
    });
  }

  /** It succeeded without a change. */
  #nothingToDo({ op }: SingleWrite, path: string, zxid: number): void {
    const isThere = this.tree.now(path) !== undefined;
    if (op === OpCode.tryRemove || isThere === (op === OpCode.createIfNotExists)) return;
    this.#events.report('what is to be done is done', `operation ${op} of ${path} at zxid ${zxid}`);
  }

  #deleteAll(top: string, limit: number, session: number, zxid: number): void {
    const paths = this.tree.pathsFrom(top);
    if (paths.length > Math.max(1, limit))
      this.#events.report('no more goes than may', `${paths.length} from ${top} on at zxid ${zxid}`);
    for (const path of paths) {
      if (!this.#allowsDelete(path, session))
        this.#events.report('nobody does what a list forbids', `${path} goes at zxid ${zxid} with ${top}`);
    }
    for (const path of paths) this.tree.delete(path, zxid);
  }

  #allowsDelete(path: string, session: number): boolean {
    const { node, right } = demandOf(OpCode.delete, path);
    return may(this.tree.now(node)?.acl ?? OPEN_ACL, right, this.#identitiesOf(session));
  }

  #numbered(asked: string, created: string): void {
    const parent = asked.slice(0, asked.lastIndexOf('/'));
    const number = Number(created.slice(asked.length));
    const last = this.#numbers.get(parent) ?? -1;
    if (!created.startsWith(asked) || !(number > last)) {
      this.#events.report('numbers below one parent grow', `${created} after ${last}`);
    }
    this.#numbers.set(parent, number);
  }

  #tell(id: number): string {
    const life = this.sessions.get(id);
    if (life === undefined) return `session ${id}, which never was`;
    const { end, attachIndex, timeoutMs, isFormer } = life;
    const fate =
      end === undefined
        ? isFormer
          ? 'from before a forced recovery'
          : 'lives'
        : `ended by ${end.by} at ${end.zxid}`;
    return `session ${id} (timeout ${timeoutMs} ms, attached at ${attachIndex}, ${fate})`;
  }
}

const ANY_VERSION = -1;

function changesWhatIsThere(op: number): boolean {
  return (
    op === OpCode.delete || op === OpCode.setData || op === OpCode.tryRemove || op === OpCode.removeRecursive
  );
}

/** Whether it is there for its client. */
export function goesOn({ end, isFormer }: SessionLife): boolean {
  return end === undefined && !isFormer;
}
