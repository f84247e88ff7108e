import type { Neighbour } from '../neighbour.ts';
import { flink } from './flink/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [flink];
