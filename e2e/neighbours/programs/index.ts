import type { Neighbour } from '../neighbour.ts';
import { clickhouse } from './clickhouse/neighbour.ts';
import { dubbo } from './dubbo/neighbour.ts';
import { flink } from './flink/neighbour.ts';
import { hbase } from './hbase/neighbour.ts';
import { hdfsZkfc } from './hdfs-zkfc/neighbour.ts';
import { helix } from './helix/neighbour.ts';
import { kafka } from './kafka/neighbour.ts';
import { patroni } from './patroni/neighbour.ts';
import { pulsar } from './pulsar/neighbour.ts';
import { solr } from './solr/neighbour.ts';
import { spark } from './spark/neighbour.ts';
import { springCloud } from './spring-cloud/neighbour.ts';
import { tooz } from './tooz/neighbour.ts';
import { yarn } from './yarn/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [
  kafka,
  hbase,
  hdfsZkfc,
  yarn,
  solr,
  clickhouse,
  pulsar,
  spark,
  flink,
  patroni,
  helix,
  dubbo,
  springCloud,
  tooz,
];
