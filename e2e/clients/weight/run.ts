import { Random } from '../../../testkit/src/random.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import type { Machine } from '../machine/machines.ts';
import { pause } from './client.ts';
import { type Fault, plan, type Victim } from './faults.ts';
import { MixedLoad } from './load.ts';
import { Observer } from './observer.ts';

const MEASURE_MS = 6_000;
/** Shares of what the machine takes, each for so long. */
const SHARES = [0.5, 0.75, 1, 1.2] as const;
const PHASE_MS = 20_000;
/** What is lost from view when leadership changes: an election and the clients' own patience. */
const AFTER_FAULT_MS = 10_000;
/** Members that share two cores with what writes leave one that is behind no time to catch up, for as long as they are offered more than they take. */
const REST_AFTER_MS = 10_000;
const RESTING_SHARE = SHARES[0];
const SERVING_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** A fault as it went. */
export interface Struck {
  readonly fault: Fault;
  readonly serverId: number;
  readonly share: number;
  /** Of the writers, when it began: those who are connected to the member that is struck may have to lose patience before they go elsewhere. */
  readonly writersThere: number;
  readonly beganMs: number;
  readonly endedMs: number;
  /** Longest time without an acknowledged write of anybody, until everybody serves again. */
  readonly gapMs: number;
  /** From the fault's end until then. */
  readonly recoveryMs: number;
  readonly electedOther: boolean;
}

export interface Account {
  readonly load: MixedLoad;
  readonly observer: Observer;
  /** Operations a second. */
  readonly capacity: number;
  readonly struck: readonly Struck[];
  /** Of the clock of this machine; when the load began, and when it was warm. */
  readonly beganMs: number;
  readonly warmMs: number;
  /** Changes of the leader that no fault explains. */
  readonly unexplained: readonly string[];
}

/** Runs the load and the faults for so long, then compares every member with what was acknowledged. The members serve already. */
export async function runUnderWeight(
  ensemble: Ensemble,
  machines: readonly Machine[],
  minutes: number,
  seed: number,
  note: (line: string) => void,
): Promise<Account> {
  const random = new Random(seed);
  const observer = new Observer(ensemble, machines);
  const load = await MixedLoad.start(ensemble.endpoints, seed);
  const beganMs = Date.now();
  const endMs = beganMs + minutes * 60_000;
  try {
    const capacity = await load.measure(MEASURE_MS);
    note(`the machine takes ${Math.round(capacity)} operations a second`);
    const warmMs = Date.now();
    const struck: Struck[] = [];
    for (const { fault, lastsMs, pauseMs } of plan(random)) {
      if (Date.now() >= endMs) break;
      const share = SHARES[Math.floor((Date.now() - warmMs) / PHASE_MS) % SHARES.length]!;
      load.operationsPerSecond = share * capacity;
      await pause(pauseMs);
      const one = await strike(ensemble, machines, load, observer, {
        fault,
        lastsMs,
        share,
        restingPerSecond: RESTING_SHARE * capacity,
        random,
      });
      struck.push(one);
      note(lineOf(one));
    }
    await load.settle();
    await load.verifyAll();
    const unexplained = elections(observer, beganMs, struck);
    return { load, observer, capacity, struck, beganMs, warmMs, unexplained };
  } finally {
    observer.stop();
    await load.stop();
  }
}

interface Strike {
  readonly fault: Fault;
  readonly lastsMs: number;
  readonly share: number;
  readonly restingPerSecond: number;
  readonly random: Random;
}

async function strike(
  ensemble: Ensemble,
  machines: readonly Machine[],
  load: MixedLoad,
  observer: Observer,
  { fault, lastsMs, share, restingPerSecond, random }: Strike,
): Promise<Struck> {
  const { tally } = load;
  const leader = await ensemble.leader();
  const followers = ensemble.members.filter((member) => member !== leader);
  const member = fault.strikes === 'leader' ? leader : random.pick(followers);
  const victim: Victim = { member, machine: machines[member.serverId - 1]! };
  tally.clock.restart();
  const writersThere = load.shareAt(member.endpoint);
  const beganMs = Date.now();
  if (fault.kills) observer.willKill(member);
  const end = await fault.begin(victim);
  await pause(lastsMs);
  end();
  if (fault.kills) observer.started(member);
  const endedMs = Date.now();
  const rest = setTimeout(() => {
    load.operationsPerSecond = restingPerSecond;
  }, REST_AFTER_MS);
  await Promise.all(ensemble.members.map((one) => serves(one, load)));
  clearTimeout(rest);
  const recoveryMs = Date.now() - endedMs;
  const after = await ensemble.leader();
  const gapMs = tally.clock.longestGapMs;
  return {
    fault,
    serverId: member.serverId,
    share,
    writersThere,
    beganMs,
    endedMs,
    gapMs,
    recoveryMs,
    electedOther: after !== leader,
  };
}

/**
 * Resolves once the member takes a new session: that is an entry of the log, which reached the leader and came back applied. Only then may
 * the next fault strike another one. Who merely has a leader still may be what a slow link left behind it: seconds of log, and connections
 * whose packets were lost. A member that ended meanwhile is started again by the observer.
 */
async function serves(member: Member, load: MixedLoad): Promise<void> {
  const deadlineMs = performance.now() + SERVING_TIMEOUT_MS;
  for (;;) {
    try {
      const session = await ClientSession.connect(member.endpoint, { connectTimeoutMs: CONNECT_TIMEOUT_MS });
      await session.close();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) {
        load.tally.problem(`member ${member.serverId} takes no session: ${String(error)}`);
        return;
      }
      await pause(100);
    }
  }
}

function elections(observer: Observer, beganMs: number, struck: readonly Struck[]): string[] {
  return observer
    .leaders()
    .filter(({ atMs }) => atMs > beganMs)
    .filter(
      ({ atMs }) =>
        !struck.some(
          ({ fault, beganMs: from, endedMs: to }) =>
            fault.mayElect && atMs >= from && atMs <= to + AFTER_FAULT_MS,
        ),
    )
    .map(({ atMs, serverId, term }) => {
      const before = struck.findLast((one) => one.beganMs <= atMs);
      const since =
        before === undefined
          ? 'before any fault'
          : `${atMs - before.beganMs} ms after "${before.fault.name}" began`;
      return `${new Date(atMs).toISOString()} member ${serverId} leads term ${term}, ${since}`;
    });
}

export function lineOf({
  fault,
  serverId,
  share,
  writersThere,
  beganMs,
  endedMs,
  gapMs,
  recoveryMs,
  electedOther,
}: Struck): string {
  const time = new Date(beganMs).toISOString().slice(11, 19);
  const what = `${fault.name} (member ${serverId}, ${((endedMs - beganMs) / 1000).toFixed(1)} s, at ${share * 100} %, ${Math.round(writersThere * 100)} % of the writers there)`;
  return `${time} ${what}: longest gap ${Math.round(gapMs)} ms, all back after ${(recoveryMs / 1000).toFixed(1)} s${electedOther ? ', another leader' : ''}`;
}
