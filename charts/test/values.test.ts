import { describe, expect, test } from 'vitest';
import { type Rendering, render } from './helm.ts';

/** What is given, and what the message must name. */
const refused: readonly (readonly [Rendering['chart'], Readonly<Record<string, unknown>>, RegExp])[] = [
  ['rookery', { replica: 2 }, /'replica' not allowed/],
  ['rookery', { replicas: 'two' }, /replicas.*got string, want integer/s],
  ['rookery', { replicas: 9 }, /replicas.*maximum/s],
  ['rookery', { namespaces: 'apps' }, /namespaces.*got string, want array/s],
  ['rookery', { namespaces: ['Apps'] }, /namespaces\/0.*pattern/s],
  ['rookery', { namespaces: ['apps', 'apps'] }, /namespaces.*equal/s],
  ['rookery', { 'image.repository': 'rookery:1.0.0-rc.1' }, /image\/repository.*pattern/s],
  ['rookery', { 'image.pullPolicy': 'Sometimes' }, /pullPolicy.*'Always', 'IfNotPresent', 'Never'/s],
  ['rookery', { serverImage: 'registry.example.com/server@sha256:0' }, /serverImage.*pattern/s],
  ['rookery', { httpPort: 80 }, /httpPort.*minimum: got 80, want 1,?024/s],
  ['rookery', { logLevel: 'loud' }, /logLevel.*'debug', 'info', 'warn', 'error'/s],
  ['rookery', { 'serviceAccount.create': false }, /serviceAccount\/name/],
  ['rookery', { certManager: true }, /certManager.*got boolean, want object/s],
  ['rookery', { 'certManager.enabled': 'yes' }, /certManager\/enabled.*got string, want boolean/s],
  ['rookery', { 'networkPolicy.metricsFrom': [{ pods: {} }] }, /metricsFrom\/0.*'pods' not allowed/s],
  ['rookery', { 'serviceMonitor.interval': 'often' }, /interval.*pattern/s],
  ['rookery', { 'monitoring.podMonitor.interval': 30 }, /podMonitor\/interval.*got number, want string/s],
  ['rookery', { 'monitoring.podMonitors.enabled': true }, /monitoring.*'podMonitors' not allowed/s],
  ['rookery', { 'monitoring.rules.alertLabels': { 'my-team': 'a' } }, /alertLabels.*'my-team' not allowed/s],
  ['rookery', { 'monitoring.rules.runbookBaseUrl': 'https://example.com/#a' }, /runbookBaseUrl.*pattern/s],
  ['rookery', { 'monitoring.dashboard.labels': { grafana_dashboard: 1 } }, /grafana_dashboard.*want string/s],
  ['coordination-cluster', { replica: 3 }, /'replica' not allowed/],
  ['coordination-cluster', { replicas: 8 }, /replicas.*maximum: got 8, want 7/s],
  ['coordination-cluster', { version: '1.0' }, /version.*pattern/s],
  ['coordination-cluster', { 'storage.size': '10 GB' }, /storage\/size.*pattern/s],
  ['coordination-cluster', { 'storage.retention.whenDeleted': 'Keep' }, /whenDeleted.*'Retain', 'Delete'/s],
  ['coordination-cluster', { 'config.tick': '2s' }, /config.*'tick' not allowed/s],
  ['coordination-cluster', { 'scheduling.tolerations': [{ effect: 'Maybe' }] }, /tolerations\/0\/effect/],
];

describe('values', () => {
  test.each(refused)('%s refuses %j', (chart, values, message) => {
    const { exitCode, stdout, stderr } = render({ chart, release: 'r', namespace: 'ns', values });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });

  test.each(['rookery', 'coordination-cluster'] as const)('%s can be a part of another chart', (chart) => {
    const values = { global: { imageRegistry: 'registry.example.com' } };
    expect(render({ chart, release: 'r', namespace: 'ns', values })).toMatchObject({ exitCode: 0 });
  });
});
