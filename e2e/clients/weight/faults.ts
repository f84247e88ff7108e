import { connect, type Socket } from 'node:net';
import type { Random } from '../../../testkit/src/random.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import type { Machine } from '../machine/machines.ts';

export interface Victim {
  readonly member: Member;
  readonly machine: Machine;
}

export interface Fault {
  readonly name: string;
  readonly strikes: 'leader' | 'follower';
  /** Whether another leader is what should come of it. Where it strikes a follower, none should. */
  readonly mayElect: boolean;
  /** Whether its process is ended, until the fault ends. */
  readonly kills: boolean;
  /** Resolves with how it ends. */
  begin(victim: Victim): Promise<() => void>;
}

const KILL = 'kill -9';
const SLOW_DISK_BYTES_PER_SECOND = 500_000;
const SLOW_LINK_BYTES_PER_SECOND = 1_000_000;
const IDLE_CONNECTIONS = 300;
/** More than a machine of the run has descriptors. */
const TOO_MANY_CONNECTIONS = 700;

type Begin = (victim: Victim) => (() => void) | Promise<() => void>;

function both(name: string, begin: Begin): Fault[] {
  const strikes = (role: Fault['strikes']): Fault => ({
    name: `${name}, ${role}`,
    strikes: role,
    mayElect: role === 'leader',
    kills: name === KILL,
    begin: async (victim) => begin(victim),
  });
  return [strikes('leader'), strikes('follower')];
}

/** Connections that say nothing; those that are refused are not made again. */
function idleConnections(count: number): Begin {
  return ({ member }) => {
    const sockets = Array.from({ length: count }, (): Socket => {
      const socket = connect(member.endpoint.port, member.endpoint.host);
      return socket.on('error', () => undefined);
    });
    return () => {
      for (const socket of sockets) socket.destroy();
    };
  };
}

function crowd(name: string, count: number): Fault[] {
  return both(name, idleConnections(count)).map((fault) => ({ ...fault, mayElect: false }));
}

export const faults: readonly Fault[] = [
  ...both(KILL, async ({ member }) => {
    await member.kill();
    return () => member.start();
  }),
  ...both('disk full', ({ machine }) => {
    machine.disk.fill();
    return () => machine.disk.free();
  }),
  ...both('disk hangs', ({ machine }) => {
    machine.disk.hang();
    return () => machine.disk.resume();
  }),
  ...both('disk slow', ({ machine }) => {
    machine.slowDisk(SLOW_DISK_BYTES_PER_SECOND);
    return () => machine.slowDisk();
  }),
  ...both('link slow', ({ machine }) => {
    machine.slowLink(SLOW_LINK_BYTES_PER_SECOND);
    return () => machine.slowLink();
  }),
  ...both('link cut', ({ machine }) => {
    machine.cutLink();
    return () => machine.mendLink();
  }),
  ...both('SIGSTOP', ({ member }) => {
    member.signal('SIGSTOP');
    return () => member.signal('SIGCONT');
  }),
  ...crowd('300 idle connections', IDLE_CONNECTIONS),
  ...crowd('more connections than descriptors', TOO_MANY_CONNECTIONS),
];

export interface PlannedFault {
  readonly fault: Fault;
  readonly lastsMs: number;
  readonly pauseMs: number;
}

/** Every fault once in random order, then again in another one. */
export function* plan(random: Random): Generator<PlannedFault, never> {
  for (;;) {
    const left = [...faults];
    while (left.length > 0) {
      const [fault] = left.splice(random.between(0, left.length - 1), 1);
      yield { fault: fault!, lastsMs: random.between(2_000, 6_000), pauseMs: random.between(1_000, 4_000) };
    }
  }
}
