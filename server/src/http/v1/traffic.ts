import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a request may find no place for. */
export type Wanted = 'request' | 'watch' | 'walk' | 'body' | 'session';

/** What is there now. */
export interface TrafficFigures {
  readonly requests: number;
  readonly watches: number;
  readonly walks: number;
  readonly sessions: number;
}

/** Of a route: what its requests are counted as. */
declare module 'fastify' {
  interface FastifyContextConfig {
    readonly operation?: string;
  }
}

/** From a read out of memory to what nobody waits for. */
const DURATION_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
/** What was asked for is not there: its path is the caller's own, and no label. */
const NO_OPERATION = 'none';
/** Its caller went before there was an answer. */
const NO_ANSWER = 'none';

/** What comes to the doors of the tree over HTTP, for Prometheus. Labels are names of this program's alone: no caller can make one up. */
export class Traffic {
  readonly registry = new Registry();
  readonly #requests: Counter<'door' | 'operation' | 'status'>;
  readonly #durations: Histogram<'operation'>;
  readonly #refused: Counter<'wanted'>;

  constructor(figures: () => TrafficFigures) {
    const registers = [this.registry];
    this.#requests = new Counter({
      name: 'rookery_http_tree_requests_total',
      help: 'Requests for the tree over HTTP, by door, operation and the first digit of the status (none: the caller went before).',
      labelNames: ['door', 'operation', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'rookery_http_tree_request_seconds',
      help: 'From a request for the tree over HTTP until its answer begins.',
      labelNames: ['operation'],
      buckets: DURATION_BOUNDS_SECONDS,
      registers,
    });
    this.#refused = new Counter({
      name: 'rookery_http_tree_refused_total',
      help: 'Requests for the tree over HTTP that were told to come again, by what there was no place for.',
      labelNames: ['wanted'],
      registers,
    });
    const now = (name: string, help: string, of: (figures: TrafficFigures) => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(of(figures()));
        },
      });
    };
    now(
      'rookery_http_tree_requests',
      'Requests for the tree over HTTP that are under way.',
      (all) => all.requests,
    );
    now('rookery_http_tree_watches', 'Watches over HTTP that are open.', (all) => all.watches);
    now(
      'rookery_http_tree_walks',
      'Walks through the tree over HTTP that are under way.',
      (all) => all.walks,
    );
    now(
      'rookery_http_tree_sessions',
      'Sessions that this member holds for callers of HTTP.',
      (all) => all.sessions,
    );
  }

  refused(wanted: Wanted): void {
    this.#refused.inc({ wanted });
  }

  /** @param durationMs undefined: it does not count among them */
  answered(door: string, operation: string, status: string, durationMs?: number): void {
    this.#requests.inc({ door, operation, status });
    if (durationMs !== undefined) this.#durations.observe({ operation }, durationMs / 1000);
  }

  /** Counts each request of these routes once: when its answer begins, or its caller goes. @param door the prefix */
  count(scope: FastifyInstance, door: string): void {
    /** When requests came that have no answer yet, monotonic; none of those that all of HTTP refuses. */
    const cameMs = new WeakMap<FastifyRequest, number>();
    const counted = new WeakSet<FastifyRequest>();
    const count = (request: FastifyRequest, status: string): void => {
      if (counted.has(request)) return;
      counted.add(request);
      const { operation = NO_OPERATION } = request.routeOptions.config;
      const sinceMs = status === NO_ANSWER ? undefined : cameMs.get(request);
      this.answered(door, operation, status, sinceMs === undefined ? undefined : performance.now() - sinceMs);
    };
    scope.addHook('onRequest', async (request, reply) => {
      cameMs.set(request, performance.now());
      reply.raw.once('close', () => count(request, NO_ANSWER));
    });
    scope.addHook('onSend', async (request, reply) => {
      count(request, `${Math.trunc(reply.statusCode / 100)}xx`);
    });
  }
}
