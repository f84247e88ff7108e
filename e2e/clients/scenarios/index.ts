import type { Scenario } from '../scenario.ts';
import { kazooBasics } from './kazoo-basics.ts';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [kazooBasics];
