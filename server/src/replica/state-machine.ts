import { ErrorCode, isKeeperWrite, OpCode, Reader, readWrite } from '@rookery/protocol';
import {
  type Configuration,
  decodeConfiguration,
  type Entry,
  EntryKind,
  type SnapshotMeta,
} from 'raft-ts-lite';
import {
  COMMAND_HEADER_BYTES,
  CommandFlag,
  emptyCommandHeader,
  readCommandHeader,
} from '../model/command.ts';
import {
  canRun,
  FIRST_LEVEL,
  KEEPER_LEVEL,
  type LevelRange,
  ZOOKEEPER_LEVEL,
} from '../model/feature-level.ts';
import { readIdentities } from '../model/identity-record.ts';
import { asSessionId, asZxid, type Zxid } from '../model/ids.ts';
import { SessionTable } from '../session/table.ts';
import type { Outcome } from '../tree/outcome.ts';
import { beginSnapshot, type SnapshotWalk } from '../tree/snapshot-walk.ts';
import { Tree, type TreeOptions } from '../tree/tree.ts';
import { TreeLoader } from '../tree/tree-loader.ts';
import { type Applied, emptyApplied } from './applied.ts';
import { unfitForward, unreadableCommand } from './command-check.ts';
import { SnapshotDiffers } from './divergence.ts';
import { newestReconfig } from './membership/reconfigured.ts';
import { Restore } from './restore.ts';
import { decodeExtra, encodeExtra } from './snapshot-extra.ts';
import { UnrunnableLevel, UnusableData } from './unusable-data.ts';

/** A forced recovery may lose writes that clients have seen: by so much zxids rise, that those of the new cluster are later ones. */
export const RECOVERY_ZXIDS = 2 ** 40;

/** Of a node or a session in a snapshot, beside name and data. */
const RECORD_BYTES = 128;

/**
 * What the log replicates: the tree and the sessions. A pure function of the entries: every member that has applied the same
 * ones is equal to the last bit.
 */
export class StateMachine {
  tree: Tree;
  sessions: SessionTable;
  /** Index and term of the last entry applied. */
  appliedIndex: number;
  appliedTerm = 0;
  /** Data of the entries that this process has applied, in bytes: by its growth a snapshot is due. */
  appliedBytes = 0;
  /** The configuration in force at `appliedIndex`. */
  configuration: Configuration;
  /** The time of the last command, ms since 1970. */
  lastTimeMs = 0;
  /** In force at `appliedIndex`: what the entries behind it mean. That of genesis at first; only raised, and only by an entry. */
  featureLevel = FIRST_LEVEL;
  /** What must not get into the log, and what must not be taken from a leader: with `apply` they say what a command is. */
  readonly whyUnfit = (command: Uint8Array, from: number): string | undefined =>
    unfitForward(command, from, this.featureLevel);
  readonly whyUnreadable = (command: Uint8Array): string | undefined =>
    unreadableCommand(command, this.#levels);
  /** Another tree that is on its way to take the place of this one. While it is, no snapshot is taken: it would lack it. */
  readonly restore: Restore;
  /** Added to a log index to make a zxid; raised by forced recoveries and restores, so that zxids only grow. */
  #zxidBase = 0;
  readonly #genesisIndex: number;
  readonly #treeOptions: TreeOptions;
  readonly #levels: LevelRange;
  /** Was begun and is not through: its session is ending, or it has quotas counted. */
  #current: Entry | undefined;
  readonly #header = emptyCommandHeader();
  readonly #reader = new Reader();
  readonly #result = emptyApplied();

  /** The state with which a cluster begins. @param levels that this build runs */
  constructor(genesis: Configuration, treeOptions: TreeOptions, levels: LevelRange) {
    this.#treeOptions = treeOptions;
    this.#levels = levels;
    this.tree = new Tree(treeOptions);
    this.restore = new Restore(treeOptions);
    this.sessions = new SessionTable();
    this.appliedIndex = genesis.index;
    this.#genesisIndex = genesis.index;
    this.configuration = genesis;
  }

  get lastZxid(): Zxid {
    return asZxid(this.appliedIndex + this.#zxidBase);
  }

  /** Outside of a log, before it goes on as that of another cluster: every later zxid is above that one. */
  raiseZxids(above: number): void {
    this.#zxidBase = Math.max(this.#zxidBase, above - this.appliedIndex);
  }

  /** Of an entry since the newest forced recovery. */
  zxidOf(index: number): Zxid {
    return asZxid(index + this.#zxidBase);
  }

  /** About what a snapshot of it takes. */
  get snapshotBytes(): number {
    return this.tree.contentBytes + (this.tree.nodeCount + this.sessions.size) * RECORD_BYTES;
  }

  /** Of the reconfig that says who is a member, or of the entry that made it so where none does; 0 for that of the beginning. */
  zxidOfConfiguration(configuration: Configuration): Zxid {
    const index = newestReconfig(configuration)?.index ?? configuration.index;
    return asZxid(index === this.#genesisIndex ? 0 : index + this.#zxidBase);
  }

  /** The level with which the cluster begins: before anything is applied or adopted. */
  beginAt(level: number): void {
    this.featureLevel = level;
    if (level >= ZOOKEEPER_LEVEL) this.tree.keepQuotas();
  }

  #raise(level: number): void {
    this.featureLevel = level;
    if (level === ZOOKEEPER_LEVEL) this.tree.beginQuotas();
  }

  /** An entry without a command takes its index and changes nothing else. */
  skip(entry: Entry): void {
    this.#advance(entry);
    if (entry.kind !== EntryKind.configuration) return;
    this.configuration = decodeConfiguration(entry.data);
    if (this.configuration.recovery?.index !== entry.index) return;
    this.#zxidBase += RECOVERY_ZXIDS;
    this.#endFormerSessions();
  }

  /** As the entry of a forced recovery does, and whatever holds that entry: the ids of all that came before it are lower than its zxid. */
  #endFormerSessions(): void {
    const { recovery } = this.configuration;
    // Who joins knows of the recovery before it has come to its entry.
    if (recovery === undefined || recovery.index > this.appliedIndex) return;
    this.sessions.recovered(asSessionId(recovery.index + this.#zxidBase));
  }

  /**
   * Applies a command; where it is a long one, its first piece: `goOn` for the others while `isAmid` holds. Throws UnusableData, before anything
   * is applied, where this build cannot.
   */
  apply(entry: Entry): Applied {
    const header = this.#header;
    const result = this.#result;
    if (!readCommandHeader(entry.data, 0, header)) {
      throw new UnusableData(
        `log entry ${entry.index} holds a command that this version cannot read; run the version that wrote it, or a newer one`,
      );
    }
    if (header.level > this.#levels.highest) throw new UnrunnableLevel(header.level, this.#levels);
    this.lastTimeMs = header.timeMs;
    result.op = header.op;
    result.origin = header.origin;
    result.requestNumber = header.requestNumber;
    result.zxid = asZxid(entry.index + this.#zxidBase);
    result.session = header.session;
    result.err = ErrorCode.ok;
    result.outcome = undefined;
    result.changes = undefined;
    result.isRestored = false;
    result.excess = undefined;
    result.unseenSteps = 0;
    this.#perform(entry, result);
    if (this.tree.isAmid) this.#current = entry;
    else this.#advance(entry);
    return result;
  }

  /** An entry was begun and is not through: the state is between two entries', and nobody is to see it. */
  get isAmid(): boolean {
    return this.#current !== undefined;
  }

  /** The next piece of the entry that was begun. Its result is that of `apply`, but for the changes, which are those of this piece. */
  goOn(): Applied {
    const entry = this.#current;
    if (entry === undefined) throw new Error('no entry was begun');
    this.#result.changes = changesOf(this.tree.goOn());
    this.#result.unseenSteps = 0;
    if (!this.tree.isAmid) {
      this.#current = undefined;
      this.#advance(entry);
    }
    return this.#result;
  }

  #advance({ index, term, data }: Entry): void {
    this.appliedIndex = index;
    this.appliedTerm = term;
    this.appliedBytes += data.length;
  }

  #perform(entry: Entry, result: Applied): void {
    const header = this.#header;
    const { sessions } = this;
    this.#reader.reset(entry.data, COMMAND_HEADER_BYTES, entry.data.length);
    switch (header.op) {
      case OpCode.createSession: {
        const timeoutMs = this.#reader.readInt();
        const identities = readIdentities(this.#reader);
        if (this.#isMalformed(result)) return;
        result.session = asSessionId(result.zxid);
        sessions.create(result.session, timeoutMs, entry.index, identities);
        this.#describeSession(result);
        return;
      }
      case OpCode.attachSession: {
        const identities = readIdentities(this.#reader);
        // Behind the identities, since logs of before hold attachments without it.
        const timeoutMs = this.#reader.remaining > 0 ? this.#reader.readInt() : undefined;
        if (this.#isMalformed(result)) return;
        if (sessions.attach(header.session, entry.index, identities, timeoutMs))
          this.#describeSession(result);
        else result.err = ErrorCode.sessionExpired;
        return;
      }
      case OpCode.expireSession:
        // Void where the session was attached anew since the leader decided.
        result.err = sessions.expire(header.session, this.#reader.readLong())
          ? ErrorCode.ok
          : ErrorCode.sessionMoved;
        if (result.err === ErrorCode.ok) this.#endSession(result);
        return;
      case OpCode.deleteContainer:
        this.#removeTransient(result);
        return;
      case OpCode.checkpoint:
        return;
      case OpCode.restore:
        this.#takeStep(entry.index, result);
        return;
      case OpCode.raiseFeatureLevel:
        // Void where it is in force already: two leaders, or callers, may have asked.
        if (header.level === this.featureLevel + 1) this.#raise(header.level);
        else result.err = ErrorCode.badArguments;
        return;
      default:
    }
    result.err = sessions.check(header.session, header.attachIndex);
    if (result.err !== ErrorCode.ok) return;
    if (header.op === OpCode.closeSession) {
      sessions.close(header.session);
      this.#endSession(result);
      return;
    }
    if (header.op === OpCode.setIdentities) {
      const identities = readIdentities(this.#reader);
      if (this.#isMalformed(result)) return;
      sessions.identify(header.session, identities);
      this.#describeSession(result);
      return;
    }
    const write = readWrite(header.op, this.#reader);
    if (write === undefined || (this.featureLevel < KEEPER_LEVEL && isKeeperWrite(write))) {
      result.err = ErrorCode.marshallingError;
      return;
    }
    // The session's are those of the connection over which this came: `check` has just said that it is the newest one.
    const { identities } = sessions.get(header.session)!;
    const enforcesQuotas =
      this.featureLevel >= ZOOKEEPER_LEVEL && (header.flags & CommandFlag.enforcesQuotas) !== 0;
    const { zxid } = result;
    const outcome = this.tree.apply(write, zxid, header.timeMs, header.session, identities, enforcesQuotas);
    result.err = outcome.err;
    result.outcome = outcome;
    result.excess = outcome.excess;
    result.unseenSteps = outcome.unseenSteps;
    result.changes = changesOf(outcome);
  }

  /** Its ephemeral nodes go, a piece of them at once. */
  #endSession(result: Applied): void {
    result.changes = changesOf(this.tree.closeSession(result.session, result.zxid));
  }

  /** The leader saw a container or a TTL node whose time is over. */
  #removeTransient(result: Applied): void {
    const reader = this.#reader;
    reader.readRange();
    if (this.#isMalformed(result)) return;
    const { bytes, rangeStart, rangeEnd } = reader;
    const outcome = this.tree.removeTransient(bytes, rangeStart, rangeEnd, result.zxid, this.#header.timeMs);
    result.err = outcome.err;
    result.changes = changesOf(outcome);
  }

  /** A restore goes on; with its end tree and sessions are others, every later zxid is above all of theirs, and what has quotas is counted. */
  #takeStep(index: number, result: Applied): void {
    const step =
      this.featureLevel < ZOOKEEPER_LEVEL
        ? ErrorCode.badArguments
        : this.restore.step(this.#reader, { index, zxid: result.zxid });
    if (typeof step === 'number') {
      result.err = step;
      return;
    }
    this.tree = step.tree;
    this.sessions = step.sessions;
    this.#zxidBase = Math.max(this.#zxidBase, step.zxid + 1 - index);
    result.zxid = this.zxidOf(index);
    result.isRestored = true;
    this.#endFormerSessions();
    this.tree.beginQuotas();
  }

  /** Checked before it was proposed; one that is unreadable all the same changes nothing, on every member alike. */
  #isMalformed(result: Applied): boolean {
    if (this.#reader.failed) result.err = ErrorCode.marshallingError;
    return this.#reader.failed;
  }

  #describeSession(result: Applied): void {
    const { attachIndex, timeoutMs, identities } = this.sessions.get(result.session)!;
    result.attachIndex = attachIndex;
    result.timeoutMs = timeoutMs;
    result.identities = identities;
  }

  /** Throws UnrunnableLevel where this build cannot go on at that level. */
  mustRun(featureLevel: number): void {
    if (!canRun(this.#levels, featureLevel)) throw new UnrunnableLevel(featureLevel, this.#levels);
  }

  /**
   * Equal on all members that have applied the same entries: 16 hexadecimal digits of the tree, 16 of the sessions, and the feature level where
   * it is not the first one, which builds without levels do not know.
   */
  digest(): string {
    const { tree, sessions, featureLevel } = this;
    const level = featureLevel === FIRST_LEVEL ? '' : `@${featureLevel}`;
    return tree.digest() + hex(sessions.digestHigh) + hex(sessions.digestLow) + level;
  }

  /** The state at `appliedIndex`, whatever is applied while the walk goes on. One walk at a time, and not in the middle of an entry. */
  beginSnapshot(): SnapshotWalk {
    const extra = encodeExtra(this.#zxidBase, this.lastTimeMs, this.featureLevel);
    return beginSnapshot(this.tree, this.sessions, extra);
  }

  /** Before anything is applied: the state is one that came from elsewhere, as if by a first entry; what has quotas is counted. */
  begin(tree: Tree, sessions: SessionTable, zxid: Zxid, timeMs: number): void {
    this.tree = tree;
    this.sessions = sessions;
    this.appliedIndex = this.#genesisIndex + 1;
    this.appliedTerm = 1;
    this.lastTimeMs = timeMs;
    this.#zxidBase = zxid - this.appliedIndex;
    this.featureLevel = this.#levels.highest;
    tree.lastZxid = zxid;
    tree.beginQuotas();
    while (tree.isAmid) tree.goOn();
  }

  /** Reads a snapshot in slices; `adopt` takes it over. */
  newLoader(): TreeLoader {
    return new TreeLoader(this.#treeOptions);
  }

  /** Replaces the state by a loaded snapshot's. Throws where `meta` and `digest` are not its own, or this build cannot go on with it. */
  adopt(loaded: Loaded, meta: SnapshotMeta, digest: string): void {
    const { tree, sessions, extra } = loaded;
    const { zxidBase, lastTimeMs, featureLevel } = decodeExtra(extra);
    this.mustRun(featureLevel);
    this.#current = undefined;
    this.restore.drop();
    this.tree = tree;
    this.sessions = sessions;
    this.appliedIndex = meta.index;
    this.appliedTerm = meta.term;
    this.configuration = meta.configuration;
    this.#zxidBase = zxidBase;
    this.lastTimeMs = lastTimeMs;
    this.featureLevel = featureLevel;
    if (featureLevel >= ZOOKEEPER_LEVEL) tree.keepQuotas();
    this.#endFormerSessions();
    const own = this.digest();
    if (own !== digest) throw new SnapshotDiffers({ index: meta.index, own, theirs: digest });
  }
}

function changesOf(outcome: Outcome): Outcome | undefined {
  return outcome.changeCount > 0 ? outcome : undefined;
}

export type Loaded = Extract<ReturnType<TreeLoader['finish']>, { readonly state: 'loaded' }>;

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
