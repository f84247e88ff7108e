import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession, Refused } from '../../../testkit/src/session.ts';
import { errorCode } from '../../../testkit/src/wire/replies.ts';
import { Histogram } from './histogram.ts';
import { LoadConnection, type LoadObserver } from './load-connection.ts';
import { keyPath, type LoadKind, requestSource } from './request-source.ts';

export interface LoadSpec {
  readonly kind: LoadKind;
  /** Connection i goes to endpoint i modulo their number. */
  readonly endpoints: readonly Endpoint[];
  readonly connections: number;
  /** Requests in flight on each connection. */
  readonly depth: number;
  readonly keys: number;
  readonly valueBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** For the choice of keys. */
  readonly seed: number;
  /** Names what this run creates; no two runs against one ensemble may share it. */
  readonly runId: string;
}

export interface LoadResult {
  readonly operations: number;
  readonly seconds: number;
  readonly opsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** Replies with an error code, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Processor time that the generator itself took, in cores: near 1 means that it may be the limit. */
  readonly generatorCores: number;
}

const ROOT = '/bench';
const CREATES = '/bench/created';
const PREPARE_IN_FLIGHT = 100;

/** Creates what the load reads, writes and creates under. Can be called again. */
export async function prepareKeys(endpoint: Endpoint, keys: number, valueBytes: number): Promise<void> {
  const session = await ClientSession.connect(endpoint);
  const empty = Buffer.alloc(0);
  await createIfMissing(session, ROOT, empty);
  await createIfMissing(session, CREATES, empty);
  const value = Buffer.alloc(valueBytes, 'i');
  for (let from = 0; from < keys; from += PREPARE_IN_FLIGHT) {
    const count = Math.min(PREPARE_IN_FLIGHT, keys - from);
    const creates = Array.from({ length: count }, (_, i) =>
      createIfMissing(session, keyPath(ROOT, from + i), value),
    );
    await Promise.all(creates);
  }
  await session.close();
}

export async function createIfMissing(session: ClientSession, path: string, data: Buffer): Promise<void> {
  try {
    await session.create(path, data);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== errorCode.nodeExists) throw error;
  }
}

class Measurement implements LoadObserver {
  histogram = new Histogram();
  errors: Record<string, number> = {};
  failure: Error | undefined;

  onLatency(micros: number, err: number): void {
    this.histogram.record(micros);
    if (err !== 0) this.errors[err] = (this.errors[err] ?? 0) + 1;
  }

  onFailure(error: Error): void {
    this.failure ??= error;
  }
}

/** Runs one load to its end. Rejects when a connection fails or a reply does not answer its request. */
export async function runLoad(spec: LoadSpec): Promise<LoadResult> {
  const measurement = new Measurement();
  const connections = Array.from({ length: spec.connections }, (_, i) => {
    const source = requestSource({
      kind: spec.kind,
      root: spec.kind === 'create' ? CREATES : ROOT,
      prefix: `${spec.runId}-${String(i).padStart(4, '0')}-`,
      keys: spec.keys,
      valueBytes: spec.valueBytes,
      depth: spec.depth,
      seed: spec.seed + i * 7919,
    });
    return new LoadConnection(spec.endpoints[i % spec.endpoints.length]!, spec.depth, source, measurement);
  });
  try {
    await Promise.all(connections.map((connection) => connection.ready));
    for (const connection of connections) connection.start();
    await pause(spec.warmUpMs);
    measurement.histogram = new Histogram();
    measurement.errors = {};
    const startMs = performance.now();
    const cpuBefore = process.cpuUsage();
    await pause(spec.measureMs);
    const { histogram, errors } = measurement;
    measurement.histogram = new Histogram();
    const seconds = (performance.now() - startMs) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    await Promise.all(connections.map((connection) => connection.stop()));
    if (measurement.failure !== undefined) throw measurement.failure;
    return {
      operations: histogram.total,
      seconds,
      opsPerSecond: histogram.total / seconds,
      p50Ms: histogram.percentileMicros(0.5) / 1000,
      p99Ms: histogram.percentileMicros(0.99) / 1000,
      p999Ms: histogram.percentileMicros(0.999) / 1000,
      maxMs: histogram.maxMicros / 1000,
      errors,
      generatorCores: (cpu.user + cpu.system) / 1e6 / seconds,
    };
  } finally {
    for (const connection of connections) connection.destroy();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
