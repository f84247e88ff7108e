/** A place of the window among the nodes of `moveIn`, and what shows that it is there. */
export interface Place {
  readonly name: string;
  readonly place: string;
  readonly shows: readonly (string | RegExp)[];
}

export const PLACES: readonly Place[] = [
  { name: 'Ensemble', place: '#/ensemble', shows: [/members are in step/i, /heat|latency/i] },
  { name: 'Tree', place: '#/tree', shows: ['kafka', 'locks'] },
  { name: 'a lock', place: '#/tree/locks/nightly-report', shows: [/kazoo/, 'report-worker-1'] },
  { name: 'an election', place: '#/tree/elections/scheduler', shows: [/Curator/, 'report-worker-1'] },
  { name: 'a broker of Kafka', place: '#/tree/kafka/brokers/ids/1', shows: [/Kafka/, /kafka-1\.internal/] },
  { name: 'a node that may not be read', place: '#/tree/config/vault', shows: [/act as/i] },
  { name: 'Sessions', place: '#/sessions', shows: [/0x[0-9a-f]+/] },
  { name: 'Watch', place: '#/watch/config?recursive', shows: [/config/] },
];
