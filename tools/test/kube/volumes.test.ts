import { describe, expect, test } from 'vitest';
import {
  type Claim,
  claimsWithoutVolume,
  storageClassName,
  type Volume,
  volumeFor,
  volumesToRemove,
} from '../../kube/namespaces/volumes.ts';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

const claim: Claim = {
  metadata: { namespace: 'default', name: 'data', uid: 'u1', annotations: { [SELECTED_NODE]: 'node-2' } },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

const released: Volume = { ...volumeFor(claim), status: { phase: 'Released' } };

describe('a claim gets a volume', () => {
  test('on the node that the scheduler chose, of the size that it asks for, reserved for it', () => {
    const { spec } = volumeFor(claim);
    expect(spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values).toEqual(['node-2']);
    expect(spec.capacity).toEqual({ storage: '1Gi' });
    expect(spec.claimRef).toMatchObject({ namespace: 'default', name: 'data', uid: 'u1' });
  });

  test('once', () => {
    expect(claimsWithoutVolume([claim], [])).toEqual([claim]);
    expect(claimsWithoutVolume([claim], [volumeFor(claim)])).toEqual([]);
  });

  test('of a name of its own, though another claim had its name before', () => {
    const again: Claim = { ...claim, metadata: { ...claim.metadata, uid: 'u2' } };
    expect(claimsWithoutVolume([again], [volumeFor(claim)])).toEqual([again]);
  });

  test.each<[string, Claim]>([
    ['no node was chosen', { ...claim, metadata: { ...claim.metadata, annotations: {} } }],
    ['it is of another class', { ...claim, spec: { ...claim.spec, storageClassName: 'other' } }],
    ['it is bound', { ...claim, spec: { ...claim.spec, volumeName: 'elsewhere' } }],
    ['it is being deleted', { ...claim, metadata: { ...claim.metadata, deletionTimestamp: 'now' } }],
  ])('but not where %s', (_, other) => {
    expect(claimsWithoutVolume([other], [])).toEqual([]);
  });
});

describe('a volume is removed', () => {
  test('after its claim', () => {
    expect(volumesToRemove([released])).toEqual([released]);
  });

  test.each<[string, Volume]>([
    ['its claim is there', { ...released, status: { phase: 'Bound' } }],
    [
      'it is to be retained',
      { ...released, spec: { ...released.spec, persistentVolumeReclaimPolicy: 'Retain' } },
    ],
    ['somebody else made it', { ...released, metadata: { ...released.metadata, annotations: {} } }],
  ])('but not where %s', (_, other) => {
    expect(volumesToRemove([other])).toEqual([]);
  });
});
