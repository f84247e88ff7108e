import { afterEach } from 'vitest';
import { createKubeApi, type KubeApi } from '../src/api.ts';
import { KubeHttp } from '../src/http.ts';
import { KubeMetrics } from '../src/metrics.ts';
import type { KubeObject, ResourceType } from '../src/objects.ts';
import { ApiServer } from './api-server.ts';
import { type TestPorts, testPorts } from './manual-time.ts';

export const PODS: ResourceType = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };
export const POD_PATH = '/api/v1/namespaces/ns/pods';

export function pod(name: string, more: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'ns', name }, ...more };
}

export interface World extends TestPorts {
  readonly server: ApiServer;
  readonly metrics: KubeMetrics;
  readonly api: KubeApi;
  /** Called after the test, last first. */
  readonly closing: (() => unknown)[];
}

const worlds: World[] = [];

/** A scripted API server and a client of it on a manual clock; stopped after the test. */
export async function startWorld(ports: TestPorts = testPorts(), server?: ApiServer): Promise<World> {
  const own = server ?? (await ApiServer.start());
  const http = new KubeHttp(own.config, ports.scheduler, 'rookery-operator');
  const metrics = new KubeMetrics('rookery_operator');
  const api = createKubeApi({ http, clock: ports.clock, metrics, fieldManager: 'rookery-operator' });
  const closing: (() => unknown)[] = [() => http.close()];
  if (server === undefined) closing.unshift(() => own.stop());
  const world = { ...ports, server: own, metrics, api, closing };
  worlds.push(world);
  return world;
}

afterEach(async () => {
  for (const { closing } of worlds.splice(0).reverse()) {
    for (const close of closing.splice(0).reverse()) await close();
  }
});
