import type { EnsembleStatus } from '../ensemble-status/ensemble-status.ts';
import type { MemberAnswer } from '../ensemble-status/member-answer.ts';
import type { HttpAddress } from '../members-http/http-address.ts';
import type { Samples } from '../members-http/prometheus-text.ts';
import type { MemberReport } from '../members-http/window-ensemble.ts';
import type { Finding } from './finding.ts';

/** By how much a member's clock is ahead of the one here, and by how much that may be wrong. */
export interface ClockReading {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
}

/** A member that answers HTTP. */
export interface MemberDetails {
  readonly http: HttpAddress;
  readonly answer: MemberAnswer;
  /** Of /metrics; undefined: it has none. */
  readonly samples: Samples | undefined;
  /** Its settings, by the names of ZooKeeper's system properties; undefined: it does not tell this caller. */
  readonly properties: Readonly<Record<string, string>> | undefined;
  readonly clock: ClockReading | undefined;
}

/** All that the checks look at. */
export interface Examined {
  readonly status: EnsembleStatus;
  readonly details: readonly MemberDetails[];
  /** Of the members that the window of one of them told of. */
  readonly reports: readonly MemberReport[];
  readonly nowMs: number;
}

export type Check = (examined: Examined) => readonly Finding[];

export function nameOfMember({ answer, http }: MemberDetails): string {
  const { serverId } = answer.self;
  return serverId === undefined ? `the member at ${http.host}:${http.port}` : `member ${serverId}`;
}
