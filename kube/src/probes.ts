import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

const MAX_HEADER_BYTES = 8192;
const MAX_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 10_000;

export interface ProbeSources {
  /** Why this process cannot do its work yet, for a person; none: it is ready, as leader or standing by. */
  readonly notReady: () => readonly string[];
  readonly registry: Registry;
}

/**
 * GET /healthz   200: the process turns its event loop; a restart would bring back neither the API server nor a lease
 * GET /readyz    200 or 503 {ready, reasons}
 * GET /metrics   Prometheus' text format
 */
export function createProbes({ notReady, registry }: ProbeSources): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A stop does not wait for scrapers that keep their connections.
    forceCloseConnections: true,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: REQUEST_TIMEOUT_MS },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.get('/healthz', () => ({ live: true }));
  app.get('/readyz', (_request, reply) => {
    const reasons = notReady();
    reply.code(reasons.length === 0 ? 200 : 503);
    return { ready: reasons.length === 0, reasons };
  });
  app.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    reply.type(registry.contentType);
    return text;
  });
  return app;
}

export interface RunningProbes {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects where the address cannot be had: without probes the Pod would be restarted for ever, for no reason that anybody sees. */
export async function startProbes(
  sources: ProbeSources,
  address: { readonly host: string; readonly port: number },
): Promise<RunningProbes> {
  const app = createProbes(sources);
  await app.listen(address);
  const { port } = app.server.address() as AddressInfo;
  return { port, close: () => app.close() };
}
