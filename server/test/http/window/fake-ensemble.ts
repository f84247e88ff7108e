import type { ChangeResult } from '../../../src/ensemble-report/changes.ts';
import type { EnsembleView } from '../../../src/ensemble-report/ensemble-view.ts';
import type { SessionQuery } from '../../../src/ensemble-report/session-pages.ts';
import type {
  EnsembleReport,
  SessionDetail,
  SessionList,
  Watchers,
} from '../../../src/http/window/shapes.ts';

const SESSION: SessionDetail = {
  id: '0x1a',
  timeoutMs: 4_000,
  remainingMs: null,
  identities: [],
  member: null,
  address: null,
  isSecure: null,
  connectedAtMs: null,
  isOwn: false,
  ephemerals: 0,
  watches: null,
  ephemeralPaths: [],
  watchedPaths: [],
};

/** An ensemble of plain objects. */
export class FakeEnsemble implements EnsembleView {
  /** What was asked for, in words. */
  readonly asked: string[] = [];
  readonly queries: SessionQuery[] = [];
  change: ChangeResult = { ok: true };
  /** It has not read its data yet. */
  isStarting = false;
  /** What is under way waits for it. */
  gate: Promise<void> = Promise.resolve();

  async ensemble(): Promise<EnsembleReport> {
    return { askedMember: 2, atMs: 5, members: [] };
  }

  async sessions(query: SessionQuery): Promise<SessionList | undefined> {
    this.queries.push(query);
    await this.gate;
    return this.isStarting ? undefined : { total: 0, sessions: [], silent: [3], isCut: false };
  }

  async session(id: number): Promise<SessionDetail | 'no-session' | undefined> {
    if (this.isStarting) return undefined;
    return id === 0x1a ? SESSION : 'no-session';
  }

  async watchers(path: string): Promise<Watchers | undefined> {
    this.asked.push(`watchers of ${path}`);
    return this.isStarting ? undefined : { total: 0, watchers: [], silent: [], isCut: false };
  }

  async endSession(id: number): Promise<ChangeResult> {
    this.asked.push(`end of ${id}`);
    return this.change;
  }

  async handOver(to: number): Promise<ChangeResult> {
    this.asked.push(`leadership to ${to}`);
    return this.change;
  }

  async drain(serverId: number, on: boolean): Promise<ChangeResult> {
    this.asked.push(`drain of ${serverId}: ${on}`);
    return this.change;
  }
}
