import { boundsOf } from '../../src/bounds/bounds.ts';
import type { NumberBounds } from '../../src/replica/number-range.ts';

/** As every member has them. */
export const NUMBER_BOUNDS: NumberBounds = boundsOf({ client: { maxFrameBytes: 1_000 } });
