import type { Neighbour } from '../neighbour.ts';
import { clickhouse } from './clickhouse/neighbour.ts';
import { solr } from './solr/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [solr, clickhouse];
