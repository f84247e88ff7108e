import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { run } from '../../../tools/kube/commands.ts';
import { hostsOf } from '../cluster.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

/** A kubelet looks at its Secrets once a minute or so. */
const CHANGE_SECONDS = 240;

export const superUser: Scenario = {
  name: 'the super user of a Secret reads what is closed to everybody else, and another password counts without a restart',
  fast: false,
  async run(cluster, namespace) {
    const hosts = hostsOf('ruled', namespace);
    const as = async (who: string, ...operation: readonly string[]): Promise<string> =>
      (await run(cluster.clientCommand('super_user.py', [hosts, who, ...operation]))).trim();
    await cluster.apply(namespace, secretOf(namespace, 'first-password'));
    await cluster.apply(namespace, coordinationCluster('ruled', { superUser: { secretName: 'ruler' } }));
    await cluster.ready(namespace, 'ruled');
    const pods = await cluster.podUids(namespace);
    assert.equal(await as('owner:owned', 'close', '/closed', 'kept'), 'kept');
    assert.equal(await as('somebody:else', 'get', '/closed'), 'refused');
    assert.equal(await as('super:first-password', 'get', '/closed'), 'kept');

    await cluster.apply(namespace, secretOf(namespace, 'second-password'));
    const began = performance.now();
    await cluster.until(
      'the other password counts',
      async () => (await as('super:second-password', 'get', '/closed')) === 'kept',
      CHANGE_SECONDS,
    );
    const took = ((performance.now() - began) / 1000).toFixed(0);
    // Each member in its own time: a client that finds another one tries that.
    await cluster.until(
      'the former password is refused by whichever member',
      async () => {
        const answers: string[] = [];
        for (let attempt = 0; attempt < 6; attempt++)
          answers.push(await as('super:first-password', 'get', '/closed'));
        return answers.every((answer) => answer === 'refused');
      },
      CHANGE_SECONDS,
    );
    assert.deepEqual(await cluster.podUids(namespace), pods);
    return `another password after ${took} s, by the same pods`;
  },
};

function secretOf(namespace: string, password: string): object {
  const digest = createHash('sha1').update(`super:${password}`).digest('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: 'ruler' },
    stringData: { digest: `super:${digest}` },
  };
}
