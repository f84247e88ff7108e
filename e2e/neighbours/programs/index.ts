import type { Neighbour } from '../neighbour.ts';
import { solr } from './solr/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [solr];
