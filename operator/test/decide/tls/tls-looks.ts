import type { CoordinationClusterSpecInput } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/decide/decide.ts';
import { nextTlsStep } from '../../../src/decide/tls/tls-step.ts';
import type { Observed } from '../../../src/model/observed.ts';
import type { ObservedTls, TlsStep } from '../../../src/model/tls.ts';
import { clusterOf, observedOf } from '../observed-world.ts';
import { leafOf, leavesOf, tlsOf } from '../tls-world.ts';

export type Spec = Partial<CoordinationClusterSpecInput>;

interface Look {
  readonly spec?: Spec;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly tls?: Partial<ObservedTls>;
  readonly more?: Partial<Observed>;
}

/** A cluster that has begun, with these differences from one that needs nothing. */
export function look({ spec = {}, annotations = {}, tls = {}, more = {} }: Look): Observed {
  const cluster = clusterOf(spec, { status: { clusterId: 'c1' }, metadata: { annotations } });
  return observedOf(cluster, { tls: tlsOf(tls), ...more });
}

/** What is looked at, and the step for TLS that follows; undefined: none. */
export type Row = readonly [title: string, observed: Observed, expected: Partial<TlsStep> | undefined];

export const CLIENTS: Spec = { tls: { client: { mode: 'Required' } } };
export const CLIENT_LEAF = leafOf(0, {
  serial: 'C0',
  names: ['', '.ns', '.ns.svc', '.ns.svc.cluster.local'].flatMap((domain) => [
    `zk${domain}`,
    `*.zk-headless${domain}`,
  ]),
});
export const withClients = { ...leavesOf(), 'clients.pem': CLIENT_LEAF };

/** Each row is a test; and where TLS has a step, it is that of the whole decision. */
export function describeTlsSteps(name: string, table: readonly Row[]): void {
  describe(name, () => {
    test.each(table)('%s', (_title, observed, expected) => {
      const step = nextTlsStep(observed);
      if (expected === undefined) expect(step).toBeUndefined();
      else expect(step).toMatchObject(expected);
    });

    test('nothing else: each of these is the step of the whole decision, too', () => {
      for (const [title, observed, expected] of table) {
        if (expected !== undefined) expect(decide(observed), title).toEqual(nextTlsStep(observed));
      }
    });
  });
}
