import type { Entry, HardState, SnapshotMeta, TermRun, Write } from 'raft-ts-lite';

/** What a member must find on its disk: kept beside the real storage, in the plainest form. Never changed, only replaced. */
export interface MemberState {
  readonly hardState: HardState;
  readonly snapshot: SnapshotMeta | undefined;
  /** The entry before the log's first. */
  readonly base: { readonly index: number; readonly term: number };
  /** From base.index + 1 on. */
  readonly entries: readonly Entry[];
  readonly suspect: boolean;
}

export const genesis = {
  index: 3,
  voters: [1, 2, 3],
  outgoing: [],
  learners: [],
  contexts: new Map([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ]),
} as const satisfies SnapshotMeta['configuration'];

export const newMember: MemberState = {
  hardState: { term: 0, vote: 0 },
  snapshot: undefined,
  base: { index: genesis.index, term: 0 },
  entries: [],
  suspect: false,
};

export const lastIndexOf = (state: MemberState): number => state.base.index + state.entries.length;

export function termAt(state: MemberState, index: number): number | undefined {
  if (index === state.base.index) return state.base.term;
  return state.entries[index - state.base.index - 1]?.term;
}

export function entriesFrom(state: MemberState, index: number): readonly Entry[] {
  return state.entries.slice(Math.max(0, index - state.base.index - 1));
}

export function termRunsFrom(state: MemberState, index: number): TermRun[] {
  const runs: TermRun[] = [];
  for (const entry of entriesFrom(state, index)) {
    if (runs.at(-1)?.term !== entry.term) runs.push({ firstIndex: entry.index, term: entry.term });
  }
  return runs;
}

/** A snapshot's name became durable; the log says nothing of it yet. */
export function withSnapshot(state: MemberState, snapshot: SnapshotMeta): MemberState {
  if (snapshot.index < (state.snapshot?.index ?? 0)) return state;
  const term = termAt(state, snapshot.index);
  const continues = snapshot.index <= lastIndexOf(state) && (term === undefined || term === snapshot.term);
  return continues ? { ...state, snapshot } : installed(state, snapshot);
}

function installed(state: MemberState, snapshot: SnapshotMeta): MemberState {
  return { ...state, snapshot, base: { index: snapshot.index, term: snapshot.term }, entries: [] };
}

/** The states that a Write passes on its way, the last one when it is acknowledged: after a crash any of them may be found. */
export function stagesOf(state: MemberState, write: Write): MemberState[] {
  const stages = [state];
  const last = (): MemberState => stages.at(-1)!;
  if (write.snapshot !== undefined) {
    stages.push(withSnapshot(last(), write.snapshot));
  }
  if (write.hardState !== undefined) stages.push({ ...last(), hardState: write.hardState });
  if (write.snapshot !== undefined) stages.push(installed(last(), write.snapshot));
  const first = write.entries[0];
  if (first !== undefined) {
    const kept = last().entries.slice(0, first.index - last().base.index - 1);
    stages.push({ ...last(), entries: [...kept, ...write.entries] });
  }
  if (write.clearSuspect) stages.push({ ...last(), suspect: false });
  return stages;
}
