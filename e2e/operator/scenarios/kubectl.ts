import assert from 'node:assert/strict';
import packageJson from '../../package.json' with { type: 'json' };
import { coordinationCluster, type Scenario } from '../scenario.ts';

/** Fields of every kind and depth, and what their explanations say. */
const explained: Readonly<Record<string, RegExp>> = {
  coordinationcluster: /spec\s+<CoordinationClusterSpec>|spec\s+<Object>/,
  'cc.spec.replicas': /<integer>/,
  'cc.spec.storage.retention.whenDeleted': /ENUM:\s+Retain\s+Delete/,
  'cc.spec.config.limits.connections': /<integer>/,
  'cc.spec.networkPolicy.clientFrom.podSelector.matchExpressions.operator': /ENUM:\s+In\s+NotIn/,
  'cc.status.members.lag': /<integer>/,
};

export const asUsersLook: Scenario = {
  name: 'kubectl explain, get, get -o wide, get all, wait and scale do as people expect, and a wrong spec is refused with what to write',
  fast: true,
  async run(cluster, namespace) {
    for (const [field, says] of Object.entries(explained)) {
      const explanation = await cluster.kubectl(['explain', field]);
      assert.match(explanation, /DESCRIPTION:\n\s+\S/, `${field} is not described`);
      assert.match(explanation, says);
    }
    const inNamespace = ['--namespace', namespace];
    const wrong = (spec: object): Promise<string> =>
      cluster.refusal([...inNamespace, 'apply', '-f', '-'], {
        input: JSON.stringify(coordinationCluster('wrong', spec)),
      });
    assert.match(await wrong({ replicas: 2 }), /write an odd number of replicas/);
    assert.match(await wrong({ version: 'latest' }), /write the version as MAJOR\.MINOR\.PATCH/);
    assert.match(await wrong({ replica: 3 }), /unknown field "spec\.replica"/);
    await cluster.apply(namespace, coordinationCluster('looked-at', { replicas: 1 }));
    await cluster.available(namespace, 'looked-at');
    const get = (...args: readonly string[]) => cluster.kubectl([...inNamespace, 'get', ...args]);
    const version = packageJson.version.replaceAll('.', String.raw`\.`);
    const row = new RegExp(`looked-at +1 +1 +looked-at-0 +${version} +Ready`);
    for (const name of ['coordinationclusters', 'coordinationcluster', 'cc'])
      assert.match(await get(name), row);
    const wide = await get('cc', '-o', 'wide');
    assert.match(wide, /NAME +READY +DESIRED +LEADER +VERSION +PHASE +VOTERS +READ +OPERATION +MESSAGE +AGE/);
    assert.match(wide, row);
    assert.match(await get('all'), /coordinationcluster\.rookery\.dev\/looked-at/);
    const scaled = await cluster.refusal([...inNamespace, 'scale', 'cc/looked-at', '--replicas=2']);
    assert.match(scaled, /write an odd number of replicas/);
    return `${Object.keys(explained).length} fields explained; ${wide.trim().split('\n').at(-1)!.replaceAll(/ +/g, ' ')}`;
  },
};
