import type { Neighbour } from '../neighbour.ts';
import { kafka } from './kafka/neighbour.ts';
import { patroni } from './patroni/neighbour.ts';
import { tooz } from './tooz/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [kafka, patroni, tooz];
