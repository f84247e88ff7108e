import type { SystemName } from '../../testkit/src/systems/system.ts';
import type { Outcome } from './course.ts';

/** What one run of one program came to: a row of docs/runs-on-rookery.md. */
export interface Report extends Outcome {
  readonly system: SystemName;
  /** From the start of the members to the end of it all. */
  readonly minutes: number;
}
