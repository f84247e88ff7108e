import { ErrorCode, Writer, writeReconfigRequest } from '@rookery/protocol';
import type { MemberAddress } from '../../src/config/config.ts';
import { membersOf } from '../../src/replica/membership/reconfig-request.ts';
import { newestReconfig } from '../../src/replica/membership/reconfigured.ts';
import type { Ensemble } from '../ensemble.ts';
import type { FaultWorld } from '../faults/fault.ts';
import type { Prng } from '../prng.ts';

/** Length, xid and operation, which stand before the record of a request. */
const BEFORE_RECORD = 12;
/** A client that was not answered asks again. */
const PATIENCE_MS = 3_000;

/** A client that asks for the roster by reconfigs, at any member, until the log says what the roster does. */
export class ReconfigAsker {
  readonly #world: FaultWorld;
  readonly #prng: Prng;
  /** Until then it waits for an answer, by virtual time. */
  #waitsUntilMs = 0;
  #number = 0;

  constructor(world: FaultWorld, prng: Prng) {
    this.#world = world;
    this.#prng = prng;
  }

  /** Asks once more, where there is something to ask for. */
  step(): void {
    const { ensemble, time, totals, trace } = this.#world;
    if (time.nowMs < this.#waitsUntilMs || isSaid(ensemble)) return;
    const there = ensemble.hosts.filter(({ member }) => member?.running !== undefined);
    if (there.length === 0) return;
    const host = this.#prng.pick(there);
    const { reconfigs } = host.member!.running!;
    this.#waitsUntilMs = time.nowMs + PATIENCE_MS;
    const number = ++this.#number;
    const told = (what: string): void => {
      if (number !== this.#number) return;
      this.#waitsUntilMs = 0;
      totals.add(`reconfigs ${what}`);
      trace.add('operator', `a reconfig at ${host.name} is ${what}`);
    };
    host.process?.post(() =>
      reconfigs.ask(recordOf(ensemble.roster.members), true, {
        reconfigured: (err) => told(err === ErrorCode.ok ? 'carried out' : 'refused'),
        abandoned: () => told('in doubt'),
      }),
    );
  }
}

/** Whether the newest reconfig wants what the roster does: who is to vote may have to catch up still. */
function isSaid({ roster, leader }: Ensemble): boolean {
  const configuration = leader?.member?.running?.replica.raft.configuration;
  if (configuration === undefined || newestReconfig(configuration) === undefined) return false;
  const said = membersOf(configuration);
  return (
    said.length === roster.members.length &&
    said.every(
      ({ serverId, role }) => roster.has(serverId) && roster.isVoter(serverId) === (role === 'voter'),
    )
  );
}

/** A line for each member: all of them are named. */
function recordOf(members: readonly MemberAddress[]): Uint8Array {
  const lines = members.map(({ serverId, host, peerPort, role, clientPort }) => {
    const kind = role === 'voter' ? 'participant' : 'observer';
    return `server.${serverId}=${host}:${peerPort}:${peerPort + 1_000}:${kind};${host}:${clientPort}`;
  });
  const writer = new Writer();
  const request = { joining: undefined, leaving: undefined, newMembers: lines.join(','), configVersion: -1 };
  writeReconfigRequest(writer, 1, request);
  return writer.copy().slice(BEFORE_RECORD);
}
