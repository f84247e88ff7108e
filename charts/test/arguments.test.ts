import { expect, test } from 'vitest';
import { readCommandLine } from '../../operator/src/command-line.ts';
import { cases } from './cases.ts';
import { manifest, objectsOf } from './helm.ts';

/** What the operator makes of the arguments that the chart gives it. */
function configOf(name: string) {
  const deployment = objectsOf(manifest(cases[name]!)).find(({ kind }) => kind === 'Deployment')!;
  const { template } = deployment.spec as {
    template: { spec: { containers: { args: string[]; env: { name: string; valueFrom: object }[] }[] } };
  };
  const { args, env } = template.spec.containers[0]!;
  expect(env.map(({ name: variable }) => variable)).toEqual(['POD_NAME', 'POD_NAMESPACE']);
  return readCommandLine(args, { POD_NAME: 'operator-1', POD_NAMESPACE: 'rookery-system' });
}

test('the operator takes the arguments of the chart, and they mean what the values say', () => {
  expect(configOf('rookery-defaults')).toMatchObject({
    namespaces: [],
    serverImage: 'rookery.dev/rookery-server',
    certManager: false,
    leaderElect: true,
    podName: 'operator-1',
    httpPort: 8080,
    logLevel: 'info',
  });
  expect(configOf('rookery-cert-manager').certManager).toBe(true);
  expect(configOf('rookery-namespaces').namespaces).toEqual(['apps', 'rookery-system']);
  expect(configOf('rookery-everything')).toMatchObject({
    serverImage: 'registry.example.com:5000/rookery-server',
    httpPort: 9090,
    logLevel: 'debug',
  });
});
