import { type Identities, NO_SLOT, Permission } from '@rookery/protocol';
import type { HistoryCaller, HistoryView } from './admin/history-view.ts';
import type { StreamRefusal } from './admin/zookeeper-commands.ts';
import { identitiesAtConnect, identitiesByAuth } from './connections/schemes.ts';
import { HistoryRefusal } from './errors/error-codes.ts';
import { HistoryError } from './history/history-error.ts';
import type { Asked, Question } from './history/question.ts';
import type { Member } from './member.ts';
import type { RunningReplica } from './member-parts.ts';
import { SUPER } from './model/access.ts';
import { askProcess } from './platform/asked-process.ts';
import { eventLoopScheduler } from './platform/machine.ts';
import type { Scheduler } from './ports/scheduler.ts';
import type { Tree } from './tree/tree.ts';

/** The bundle has the other one beside itself. */
const FILE = import.meta.url.endsWith('.ts') ? './history-child.ts' : './history-child.mjs';
const CHILD = new URL(FILE, import.meta.url);

/** How long an answer may take: all of a long log may have to be read. */
const MOST_MS = 300_000;
/** What such a process takes besides the tree. */
const PROCESS_BYTES = 112 * 1024 * 1024;
/** Of the memory that is left so much may be for its tree: what is read on the way takes some, too. */
const TREE_SHARE = 0.7;
/** Of a node beside what its name and data take. */
const NODE_BYTES = 128;
/** How long a write is waited for that this member has not got yet, and how often it is looked for. */
const AHEAD_MS = 2_000;
const POLL_MS = 20;
const TAB = 0x09;

const MISSING: StreamRefusal = {
  status: 401,
  error: 'say who you are: digest user:password, x509, ip, or Bearer and the token',
};
const NOT_PROVED: StreamRefusal = { status: 401, error: 'this proves nothing here' };

/** What is needed of the machine. */
interface HistoryMachine {
  readonly scheduler: Scheduler;
  readonly freeBytes: () => number;
  readonly askProcess: (file: URL, question: string, mostMs: number) => AsyncGenerator<Buffer, void>;
}

const THIS_MACHINE: HistoryMachine = {
  scheduler: eventLoopScheduler,
  freeBytes: () => process.availableMemory(),
  askProcess,
};

/**
 * Questions about the past, each answered by a process of its own, one at a time: it has a tree of its own. It tells what the caller could have read
 * then; of that the caller is told what it may read now.
 */
export function historyView(member: Member, machine = THIS_MACHINE): HistoryView {
  let isBusy = false;
  return {
    refusal: (caller) => {
      const identities = identitiesOf(member, caller);
      if (identities === undefined) return caller.authorization === '' ? MISSING : NOT_PROVED;
      return undefined;
    },
    ask: async function* (caller, path, asked) {
      const { config, running } = member;
      if (config.history.retainMs === 0)
        throw new HistoryError(HistoryRefusal.off, 'no past is kept here: history.retainHours is 0');
      if (running === undefined || isBusy)
        throw new HistoryError(HistoryRefusal.busy, 'another question about the past is being answered here');
      isBusy = true;
      try {
        const identities = identitiesOf(member, caller) ?? [];
        await untilThere(member, running, asked, machine.scheduler);
        const question = questionOf(member, running, machine, { path, asked, identities });
        const lines = machine.askProcess(CHILD, JSON.stringify(question), MOST_MS);
        yield* permittedNow(lines, running, identities);
      } finally {
        isBusy = false;
      }
    },
  };
}

/** undefined: what it says of itself is not believed, or too little. */
function identitiesOf({ clients, config }: Member, caller: HistoryCaller): Identities | undefined {
  if (caller.hasToken) return SUPER;
  const { authorization, address, certificateSubject } = caller;
  const blank = authorization.indexOf(' ');
  const scheme = blank < 0 ? authorization : authorization.slice(0, blank);
  const proof = blank < 0 ? undefined : authorization.slice(blank + 1).trim();
  const auth = proof === undefined ? undefined : Uint8Array.from(proof, (each) => each.charCodeAt(0));
  const shown = { remoteAddress: address, certificateSubject };
  const proved = identitiesByAuth(scheme, auth, shown, clients.verifier);
  if (proved === undefined) return undefined;
  const identities = [...identitiesAtConnect(shown, clients.verifier), ...proved];
  const { requiredSchemes } = config.auth;
  const isEnough =
    requiredSchemes.length === 0 || identities.some((each) => requiredSchemes.includes(each.scheme));
  return isEnough ? identities : undefined;
}

/** Whoever has heard of a write from another member may ask this one, which hears of it a moment later. */
async function untilThere(
  member: Member,
  running: RunningReplica,
  asked: Asked,
  scheduler: Scheduler,
): Promise<void> {
  const zxid = newestIn(asked);
  const isThere = (): boolean => running.machine.zxidOf(lastIndexOf(member, running)) >= zxid;
  if (isThere()) return;
  await new Promise<void>((resolve) => {
    let waitedMs = 0;
    const stop = scheduler.every(POLL_MS, () => {
      waitedMs += POLL_MS;
      if (!isThere() && waitedMs < AHEAD_MS) return;
      stop();
      resolve();
    });
  });
}

function newestIn(asked: Asked): number {
  const point = asked.what === 'changes' ? (asked.to ?? asked.after) : asked.at;
  return point !== undefined && 'zxid' in point ? point.zxid : 0;
}

/** What is applied before it is on this disk may not be there after a power failure, and is not read. */
function lastIndexOf({ storage }: Member, { machine }: RunningReplica): number {
  return Math.min(machine.appliedIndex, storage?.metrics().lastIndex ?? 0);
}

function questionOf(
  member: Member,
  running: RunningReplica,
  machine: HistoryMachine,
  asked: Pick<Question, 'path' | 'asked' | 'identities'>,
): Question {
  const { tree, sessions } = running.machine;
  const maxTreeBytes = Math.floor((machine.freeBytes() - PROCESS_BYTES) * TREE_SHARE);
  if (tree.storedBytes + (tree.nodeCount + sessions.size) * NODE_BYTES > maxTreeBytes)
    throw new HistoryError(
      HistoryRefusal.noMemory,
      'there is no memory here for a tree of then beside that of now: ask a member that has more',
    );
  const { dataDir, dataLogDir } = member.config;
  return { ...asked, dataDir, dataLogDir, maxTreeBytes, lastIndex: lastIndexOf(member, running) };
}

/** Of the lines those that the caller may read now, too. */
async function* permittedNow(
  lines: AsyncGenerator<Buffer, void>,
  { machine }: RunningReplica,
  identities: Identities,
): AsyncGenerator<Buffer, void> {
  let isFirst = true;
  let last: Buffer | undefined;
  for await (const line of lines) {
    const first = line.indexOf(TAB);
    const second = line.indexOf(TAB, first + 1);
    const path = line.toString('utf8', 0, first);
    last = line.subarray(first + 1, second);
    if (path !== '' && !permitsNow(machine.tree, path, Permission.read, identities)) continue;
    if (isFirst) refuseError(last);
    isFirst = false;
    const isMore = second + 1 < line.length && permitsNow(machine.tree, path, Permission.admin, identities);
    yield Buffer.concat(isMore ? joined(last, line.subarray(second + 1)) : [last, NEWLINE]);
  }
  if (last === undefined || !/"type":"(?:end|error)"/.test(last.toString('utf8', 0, 64))) {
    const why = 'it took too long, or more memory than there was';
    if (isFirst) throw new HistoryError(HistoryRefusal.late, why);
    yield Buffer.from(`${JSON.stringify({ type: 'error', code: HistoryRefusal.late, message: why })}\n`);
  }
}

const NEWLINE = Buffer.from('\n');
const COMMA = Buffer.from(',');

/** Two objects of JSON as one. */
function joined(one: Buffer, other: Buffer): Buffer[] {
  return [one.subarray(0, -1), COMMA, other.subarray(1), NEWLINE];
}

function refuseError(line: Buffer): void {
  const told = JSON.parse(line.toString()) as { type: string; code: HistoryRefusal; message: string };
  if (told.type === 'error') throw new HistoryError(told.code, told.message);
}

/** Of a node that is not there any more the nearest one above it says who may know of it. */
function permitsNow(tree: Tree, path: string, permission: number, identities: Identities): boolean {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const slot = tree.lookupText(at);
    if (slot !== NO_SLOT) return tree.permits(slot, permission, identities);
  }
}
