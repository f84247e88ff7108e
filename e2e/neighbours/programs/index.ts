import type { Neighbour } from '../neighbour.ts';
import { kafka } from './kafka/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [kafka];
