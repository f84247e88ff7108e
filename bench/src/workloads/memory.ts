import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { ResidentBytes } from '../../../testkit/src/systems/process-figures.ts';
import { createIfMissing } from '../load/load.ts';
import { LoadConnection } from '../load/load-connection.ts';
import { requestSource } from '../load/request-source.ts';

export interface MemoryResult {
  readonly nodes: number;
  readonly dataBytes: number;
  readonly seconds: number;
  /** Of each member, a moment after the last reply. */
  readonly members: readonly ResidentBytes[];
  /** Of all members before the first create. */
  readonly emptyBytes: number;
}

export const MEMORY_NODES = 300_000;
export const MEMORY_GOAL_BYTES = 650e6;

const DATA_BYTES = 100;
const DEPTH = 256;
const SETTLE_MS = 2_000;

/** Creates many small nodes over one pipelined connection and weighs the members afterwards. */
export async function runMemoryWorkload(ensemble: Ensemble, nodes = MEMORY_NODES): Promise<MemoryResult> {
  const endpoint = ensemble.endpoints[0]!;
  const emptyBytes = total(ensemble.residentBytes());
  const seconds = await fillTree(endpoint, '/memory', nodes, DATA_BYTES);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return { nodes, dataBytes: DATA_BYTES, seconds, members: ensemble.residentBytes(), emptyBytes };
}

/**
 * Creates `nodes` nodes (`node-0000000000`, …) under `root` as fast as one connection can; returns the seconds it took.
 * Rejects when one is refused.
 */
export async function fillTree(
  endpoint: Endpoint,
  root: string,
  nodes: number,
  dataBytes: number,
): Promise<number> {
  const session = await ClientSession.connect(endpoint);
  await createIfMissing(session, root, Buffer.alloc(0));
  await session.close();

  let failure: Error | undefined;
  const source = requestSource({
    kind: 'create',
    root,
    prefix: 'node-',
    keys: 0,
    valueBytes: dataBytes,
    depth: DEPTH,
    seed: 1,
  });
  const connection = new LoadConnection(endpoint, DEPTH, source, {
    onLatency: (_micros, err) => {
      if (err !== 0) failure ??= new Error(`a create was refused with ${err}`);
    },
    onFailure: (error) => {
      failure ??= error;
    },
  });
  await connection.ready;
  const startMs = performance.now();
  await connection.run(nodes);
  const seconds = (performance.now() - startMs) / 1000;
  connection.destroy();
  if (failure !== undefined) throw failure;
  return seconds;
}

export function total(members: readonly ResidentBytes[]): number {
  return members.reduce((sum, member) => sum + member.now, 0);
}
