import type { BrowserContext } from 'playwright-core';

/** Something that a page or a member may not do, and that a scenario has to notice. */
export interface Lie {
  /** Completes "nobody notices that …". */
  readonly name: string;
  /** The scenario that has to fail. */
  readonly caughtBy: string;
  /** What it has to say. */
  readonly noticed: RegExp;
  /** Makes what this browser is served a lie. */
  plant(context: BrowserContext): Promise<void>;
}
