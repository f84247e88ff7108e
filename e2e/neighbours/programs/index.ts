import type { Neighbour } from '../neighbour.ts';
import { spark } from './spark/neighbour.ts';
import { yarn } from './yarn/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [yarn, spark];
