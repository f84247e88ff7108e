import type { CoordinationCluster } from '@rookery/crds';
import { ApiError, type KubeApi } from '@rookery/kube';
import type { KubeObject } from '@rookery/kube/objects';
import { describe, expect, test } from 'vitest';
import { Actor } from '../../src/act/actor.ts';
import { AdminSecrets } from '../../src/act/admin-secret.ts';
import { CertificateMaker } from '../../src/act/certificate-authority.ts';
import { TlsSecrets } from '../../src/act/tls-secrets.ts';
import { AppliedObjects } from '../../src/observe/applied.ts';
import { OwnWrites } from '../../src/observe/own-writes.ts';
import { newSerial } from './serials.ts';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'demo', namespace: 'team' },
  spec: { ports: [{ name: 'client', port: 2181 }] },
} as KubeObject;
const found = { ...service, metadata: { ...service.metadata, resourceVersion: '7', uid: 'u' } } as KubeObject;
const cluster = { metadata: { name: 'demo', namespace: 'team' } } as CoordinationCluster;

/** An API server that answers an apply with the object of this version. */
function actorThatLeaves(resourceVersion: string): Actor {
  const api = {
    bounded: () => api,
    apply: async () => ({ ...found, metadata: { ...found.metadata, resourceVersion } }),
  } as unknown as KubeApi;
  return new Actor({
    api,
    ownWrites: new OwnWrites(),
    applied: new AppliedObjects(),
    tellMember: async () => {},
    adminSecrets: new AdminSecrets(() => 'token'),
    tlsSecrets: new TlsSecrets(new CertificateMaker(newSerial)),
  });
}

/** An API server that answers an apply with this status. */
function actorAgainst(applyStatus: number) {
  const patches: unknown[] = [];
  const api = {
    bounded: () => api,
    apply: async () => {
      throw new ApiError(applyStatus, 'Invalid', 'spec.ports[1].name: Duplicate value: "client"');
    },
    mergePatch: async (_type: unknown, _name: unknown, patch: unknown) => {
      patches.push(patch);
      return { ...found, metadata: { ...found.metadata, resourceVersion: '8' } };
    },
  } as unknown as KubeApi;
  const actor = new Actor({
    api,
    ownWrites: new OwnWrites(),
    applied: new AppliedObjects(),
    tellMember: async () => {},
    adminSecrets: new AdminSecrets(() => 'the-token-of-the-members'),
    tlsSecrets: new TlsSecrets(new CertificateMaker(newSerial)),
  });
  return { actor, patches };
}

const signal = new AbortController().signal;

describe('applying an object', () => {
  test('tells whether it changed anything: what somebody added beside it stays', async () => {
    const apply = { kind: 'apply', object: service, why: 'drifted', over: found } as const;
    expect(await actorThatLeaves('7').perform(apply, cluster, signal)).toBe(false);
    // Somebody wrote its status meanwhile.
    expect(await actorThatLeaves('8').perform(apply, cluster, signal)).toBe(false);
    const other = { ...found, data: { a: 'b' } };
    expect(await actorThatLeaves('8').perform({ ...apply, over: other }, cluster, signal)).toBe(true);
    expect(await actorThatLeaves('1').perform({ ...apply, over: undefined }, cluster, signal)).toBe(true);
  });

  test('over one whose list somebody else wrote into puts the whole list right, over that very version only', async () => {
    const { actor, patches } = actorAgainst(422);
    await actor.perform({ kind: 'apply', object: service, why: 'drifted', over: found }, cluster, signal);
    expect(patches).toEqual([
      { metadata: { resourceVersion: '7' }, spec: { ports: [{ name: 'client', port: 2181 }] } },
    ]);
  });

  test('that is refused where there was none, or for another reason, is an error', async () => {
    const apply = { kind: 'apply', object: service, why: 'missing', over: undefined } as const;
    const none = actorAgainst(422);
    await expect(none.actor.perform(apply, cluster, signal)).rejects.toThrow('Duplicate value');
    const forbidden = actorAgainst(403);
    const over = { ...apply, why: 'drifted', over: found } as const;
    await expect(forbidden.actor.perform(over, cluster, signal)).rejects.toThrow('Duplicate value');
    expect([...none.patches, ...forbidden.patches]).toEqual([]);
  });
});

describe('an annotation that is obeyed', () => {
  test('is taken away from the object as it was seen, and no other with it', async () => {
    const { actor, patches } = actorAgainst(422);
    const asked = {
      ...cluster,
      metadata: { ...cluster.metadata, uid: 'u', resourceVersion: '7', annotations: { mine: 'kept' } },
    } as CoordinationCluster;
    await actor.perform({ kind: 'endForceNewCluster', forced: undefined }, asked, signal);
    const annotations = { 'rookery.dev/force-new-cluster': null };
    expect(patches).toEqual([{ metadata: { uid: 'u', resourceVersion: '7', annotations } }]);
  });
});
