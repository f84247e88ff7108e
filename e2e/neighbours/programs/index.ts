import type { Neighbour } from '../neighbour.ts';
import { neighbour as hbase } from './hbase/neighbour.ts';
import { neighbour as hdfsZkfc } from './hdfs-zkfc/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [hbase, hdfsZkfc];
