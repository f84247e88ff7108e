import type { Neighbour } from '../neighbour.ts';
import { flink } from './flink/neighbour.ts';
import { pulsar } from './pulsar/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [flink, pulsar];
