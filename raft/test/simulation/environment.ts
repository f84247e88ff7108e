import { Random } from '../../../testkit/src/random.ts';
import type * as RaftCore from '../../src/index.ts';
import { type Message, MessageType } from '../../src/index.ts';
import type { Profile } from './profile.ts';
import { Schedule } from './schedule.ts';
import { emptyTotals } from './totals.ts';

export type Core = typeof RaftCore;

/** What every part of one run shares: the core under test, chance, time, what was counted, and the trace. */
export class Environment {
  readonly core: Core;
  readonly profile: Profile;
  readonly random: Random;
  readonly schedule = new Schedule();
  readonly totals = emptyTotals();
  readonly #print: ((line: string) => void) | undefined;

  constructor(core: Core, seed: number, profile: Profile, print: ((line: string) => void) | undefined) {
    this.core = core;
    this.profile = profile;
    this.random = new Random(seed);
    this.#print = print;
  }

  trace(line: string): void {
    this.#print?.(`${String(this.schedule.nowMs).padStart(6)} ${line}`);
  }

  traceMessage(message: Message): void {
    if (this.#print === undefined) return;
    const { type, from, to, ...rest } = message;
    const name = Object.entries(MessageType).find((each) => each[1] === type)?.[0];
    const shown = JSON.stringify(rest, (key, value: unknown) => {
      if (key === 'entries' && Array.isArray(value))
        return value.map((entry: RaftCore.Entry) => `${entry.index}/${entry.term}`).join(' ');
      if (key === 'snapshot') return (value as RaftCore.SnapshotMeta).index;
      return key === 'data' ? undefined : value;
    });
    this.trace(`${from}→${to} ${name} ${shown}`);
  }
}
