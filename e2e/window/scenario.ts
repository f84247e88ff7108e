import type { Client, ConnectOptions } from '@rookery/client';
import type { Named } from '../../testkit/src/scenarios/choose.ts';
import type { Ensemble, EnsembleOptions } from '../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../testkit/src/systems/member.ts';
import type { OpenedWindow } from './opened-window.ts';

/** `ci` leaves out what weighs much. */
export const TIERS = ['ci', 'nightly'] as const;
export type TierName = (typeof TIERS)[number];

export interface Scenario extends Named {
  readonly proves: string;
  /** Runs every night alone. */
  readonly isHeavy?: true;
  /** Resolves with a short account for the report; rejects when it failed. */
  run(stage: Stage): Promise<string>;
}

/** How a window is looked at. */
export interface Look {
  /** Such as `#/tree/app`; that of Ensemble where it is not said. */
  readonly place?: string;
  readonly colours?: 'light' | 'dark';
  /** In pixels; 1,280 where it is not said. */
  readonly width?: number;
  /** The page asks for a token before it shows anything. */
  readonly asksFirst?: boolean;
  /** Whether the page may change what it shows; false where it is not said. */
  readonly withChanges?: boolean;
}

/** What the runner gives to a scenario; everything that is started through it ends with it. */
export interface Stage {
  readonly tier: TierName;
  /** Empty at the start; kept when the scenario fails. */
  readonly folder: string;
  /** Starts three members, with HTTP each, and waits until they serve. */
  startEnsemble(options?: EnsembleOptions): Promise<Ensemble>;
  connect(ensemble: Ensemble, options?: ConnectOptions): Promise<Client>;
  /** Opens the page of a member in a browser of its own: nothing of another one is kept. */
  open(member: Member, look?: Look): Promise<OpenedWindow>;
  /** A line of progress, shown while the scenario runs. */
  note(line: string): void;
}
