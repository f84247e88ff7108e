import type { KubeObject } from '@rookery/kube/objects';
import { describe, expect, test } from 'vitest';
import { CertificateMaker } from '../../src/act/certificate-authority.ts';
import { ROTATE_CA_ANNOTATION, ROTATE_CERTIFICATES_ANNOTATION } from '../../src/model/cluster-names.ts';
import { certificatesIn } from '../../src/observe/certificate.ts';
import { FORMER_KEY, textIn } from '../../src/observe/tls-secrets.ts';
import { newSerial } from '../act/serials.ts';
import {
  AUTHORITY_PATH,
  CERTIFICATES_PATH,
  ClusterWorld,
  isClusterWrite,
  type ReplicaOptions,
  SET_PATH,
} from './cluster-world.ts';
import { isSettled, secret, signer } from './members-authority.ts';
import { beginEnsemble, type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

const SPEC = { replicas: 3, tls: { caOverlap: '30s' } } as const;
const DAY_MS = 86_400_000;
/** A rotation for each of its writes, by real sockets: a busy machine takes its time. */
const TIMEOUT_MS = 300_000;

const serial = (all: RunningEnsemble): string =>
  certificatesIn(textIn(secret(all, CERTIFICATES_PATH), '0.pem'))[0]!.serialNumber;
const reasons = ({ world }: RunningEnsemble): string[] =>
  world.events().map((event) => event.slice(0, event.indexOf(':')));

async function running(options: ReplicaOptions = {}): Promise<RunningEnsemble> {
  const all = await runningEnsemble(3, SPEC, options);
  await all.until(() => isSettled(all), 'certificates that all members show');
  return all;
}

/** Another authority signs, and nothing is left of the former one. */
async function rotated(all: RunningEnsemble, former: string): Promise<void> {
  await all.until(() => isSettled(all) && signer(all) !== former, 'another authority');
}

describe('certificates', () => {
  test('are there before the first pod, and all members show them', async () => {
    const all = await running();
    const writes = all.world.writes();
    const made = writes.filter((write) => write.startsWith('POST ') && write.endsWith('/secrets'));
    expect(made).toHaveLength(3);
    expect(writes.findIndex((write) => write.endsWith('/statefulsets/zk'))).toBeGreaterThan(
      writes.lastIndexOf(made[0]!),
    );
    expect(all.world.cluster?.status?.tls).toMatchObject({ peer: 'Required', notAfter: expect.any(String) });
    expect(all.world.cluster?.status?.members?.[0]?.certSerial).toBe(serial(all));
    expect(all.ensemble.mounts.strangers).toEqual([]);
  });

  test('are renewed when two thirds of their life are over, and no pod is restarted', async () => {
    const all = await running();
    const before = serial(all);
    all.world.world.time.advance(60 * DAY_MS);
    await all.until(() => serial(all) !== before && isSettled(all), 'other certificates');
    expect(all.ensemble.done).toEqual([]);
    expect(all.ensemble.mounts.strangers).toEqual([]);
  });

  test('are renewed when somebody asks for it, once', async () => {
    const all = await running();
    const before = serial(all);
    all.world.annotate({ [ROTATE_CERTIFICATES_ANNOTATION]: 'today' });
    await all.until(() => serial(all) !== before && isSettled(all), 'other certificates');
    const after = serial(all);
    all.world.world.time.advance(60_000);
    await all.world.quiet(all.replica);
    expect(serial(all)).toBe(after);
  });

  test('that were deleted are made anew by the same authority', async () => {
    const all = await running();
    const [former, before] = [signer(all), serial(all)];
    all.world.world.server.objects.remove(CERTIFICATES_PATH);
    await all.until(
      () => secret(all, CERTIFICATES_PATH) !== undefined && isSettled(all),
      'other certificates',
    );
    expect(serial(all)).not.toBe(before);
    expect(signer(all)).toBe(former);
    expect(all.ensemble.mounts.strangers).toEqual([]);
  });
});

describe('an authority', () => {
  test('is followed by another one: both are trusted in between, and no pod is restarted', async () => {
    const all = await running();
    const former = signer(all);
    all.world.annotate({ [ROTATE_CA_ANNOTATION]: 'today' });
    await rotated(all, former);
    expect(all.ensemble.mounts.strangers).toEqual([]);
    expect(all.ensemble.done).toEqual([]);
    const told = reasons(all);
    for (const reason of [
      'AuthorityAdded',
      'AuthoritiesPublished',
      'AuthoritySwitched',
      'CertificatesIssued',
      'AuthorityDropped',
    ])
      expect(told).toContain(reason);
  });

  test('is followed by another one when two thirds of its life are over', async () => {
    const all = await running();
    const former = signer(all);
    all.world.world.time.advance(487 * DAY_MS);
    await rotated(all, former);
    expect(all.ensemble.mounts.strangers).toEqual([]);
  });

  test('waits for a kubelet that is late, at each of its steps', async () => {
    const all = await running();
    const { ensemble, world } = all;
    const former = signer(all);
    ensemble.mounts.isLate = (ordinal) => ordinal === 2;
    world.annotate({ [ROTATE_CA_ANNOTATION]: 'today' });
    await all.until(() => world.conditionReason('TLSReady') === 'RotatingAuthority', 'the condition');
    world.world.time.advance(DAY_MS);
    await world.quiet(all.replica);
    ensemble.live();
    expect(signer(all)).toBe(former);

    ensemble.mounts.isLate = (ordinal) => ordinal === 1 && signer(all) !== former;
    await all.until(() => signer(all) !== former, 'the next one to sign');
    world.world.time.advance(DAY_MS);
    await world.quiet(all.replica);
    expect(textIn(secret(all, AUTHORITY_PATH), FORMER_KEY)).toBe(former);

    ensemble.mounts.isLate = () => false;
    await rotated(all, former);
    expect(ensemble.mounts.strangers).toEqual([]);
  });

  test('whose Secret was deleted is replaced, and what members trusted is trusted until all trust the new one', async () => {
    const all = await running();
    const former = signer(all);
    all.world.world.server.objects.remove(AUTHORITY_PATH);
    await all.until(() => secret(all, AUTHORITY_PATH) !== undefined && isSettled(all), 'another authority');
    expect(signer(all)).not.toBe(former);
    expect(all.ensemble.mounts.strangers).toEqual([]);
    expect(all.ensemble.done).toEqual([]);
  });

  test.each([
    ['the answer came', true],
    ['the answer was lost', false],
  ])(
    'is followed by another one, whichever write the operator crashes after; %s',
    { timeout: TIMEOUT_MS },
    async (_when, answered) => {
      const writes = await rotation(Number.POSITIVE_INFINITY, true);
      expect(writes).toBeGreaterThanOrEqual(6);
      for (let crashAt = 1; crashAt < writes; crashAt++) await rotation(crashAt, answered);
    },
  );
});

describe('what is brought along', () => {
  const PATH = '/api/v1/namespaces/ns/secrets/theirs';
  const spec = { replicas: 3, tls: { peer: { secretName: 'theirs' }, caOverlap: '30s' } } as const;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  async function bring({ objects }: RunningEnsemble['world']['world']['server']): Promise<string> {
    const validity = { notBeforeMs: Date.UTC(2025, 11, 1), notAfterMs: Date.UTC(2027, 0, 1) };
    const { certificate, privateKey } = await new CertificateMaker(newSerial).authority('x', 'y', validity);
    const data = { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'ns', name: 'theirs' }, data };
    objects.put(PATH, secret as KubeObject);
    return certificate;
  }

  test('an authority that is not there yet is waited for, and no pod is made before; another one in its place is trusted first', async () => {
    const world = await ClusterWorld.start(3);
    const replica = world.replica();
    world.writeCluster(spec);
    await world.drive(
      replica,
      () => world.conditionReason('Stalled') === 'CertificatesLacking',
      'the condition',
    );
    const { server } = world.world;
    expect(server.objects.get(SET_PATH)).toBeUndefined();
    const first = await bring(server);
    await world.drive(replica, () => server.objects.get(SET_PATH) !== undefined, 'the StatefulSet');
    const all = beginEnsemble(world, replica, 3);
    await all.until(() => isSettled(all) && world.phase === 'Ready', 'certificates that all members show');
    expect(signer(all)).toBe(first);

    const second = await bring(server);
    await all.until(() => signer(all) === second && isSettled(all), 'the other authority');
    expect(all.ensemble.mounts.strangers).toEqual([]);
    expect(all.ensemble.done.filter((done) => done.startsWith('start'))).toHaveLength(3);
  });
});

describe('a cluster that had no TLS', () => {
  const plain = { replicas: 3, tls: { peer: { mode: 'Disabled' } } } as const;

  test('stays without where its spec says nothing, and no pod is restarted by another operator', async () => {
    const all = await runningEnsemble(3, plain);
    all.world.writeCluster({ replicas: 3 });
    await all.replica.operator.manager.stop(0);
    const other = all.with(all.world.replica({ identity: 'other' }));
    await other.until(() => other.world.cluster?.status?.observedGeneration === 2, 'the other operator');
    all.world.world.time.advance(60_000);
    await all.world.quiet(other.replica);
    expect(all.ensemble.done).toEqual([]);
    expect(all.world.world.server.objects.get(AUTHORITY_PATH)).toBeUndefined();
    expect(all.world.conditionReason('TLSReady')).toBe('Disabled');
  });

  test('is changed over where it says so, by way of both, one pod at a time; and back', async () => {
    const all = await runningEnsemble(3, plain);
    const modes = new Set<string>();
    const watch = (): void => {
      const pods = all.world.world.server.objects.list('/api/v1/namespaces/ns/pods');
      modes.add(
        [
          ...new Set(
            pods.map(
              (pod) => /"ROOKERY_PEER_TLS_MODE","value":"(\w+)"/.exec(JSON.stringify(pod))?.[1] ?? 'off',
            ),
          ),
        ]
          .sort()
          .join('+'),
      );
    };
    const settledAs = (peer: string): boolean => {
      watch();
      return (
        all.world.cluster?.status?.tls?.peer === peer &&
        all.world.conditionReason('Ready') === 'AsSpecified' &&
        all.world.conditionReason('TLSReady') !== 'GoingOver'
      );
    };
    all.world.writeCluster({ replicas: 3, tls: { peer: { mode: 'Auto' } } });
    await all.until(() => settledAs('Required'), 'TLS alone');
    expect([...modes]).toEqual(['off', 'off+optional', 'optional', 'optional+required', 'required']);
    expect(all.ensemble.mostAway).toBe(1);

    modes.clear();
    all.world.writeCluster(plain);
    await all.until(() => settledAs('Disabled'), 'no TLS');
    expect([...modes]).toEqual(['required', 'optional+required', 'optional', 'off+optional', 'off']);
    expect(all.ensemble.mostAway).toBe(1);
  });
});

/** Of one operator that ends at this write of the rotation, and another one that comes a day later. Resolves with the writes that there were. */
async function rotation(crashAt: number, answered: boolean): Promise<number> {
  let isRotating = false;
  let first = 0;
  let server: RunningEnsemble['world']['world']['server'] | undefined;
  const mayWrite = (): boolean =>
    !isRotating || server === undefined || server.count(isClusterWrite) - first < crashAt;
  const all = await running({ identity: 'first', api: (api) => api.bounded({ mayWrite }) });
  server = all.world.world.server;
  const former = signer(all);
  first = server.count(isClusterWrite);
  isRotating = true;
  if (!answered) {
    let left = crashAt;
    server.script((request) => isClusterWrite(request) && --left === 0, server.loseAnswer());
  }
  all.world.annotate({ [ROTATE_CA_ANNOTATION]: 'today' });
  const crashed = (): boolean => !mayWrite();
  await all.until(
    () => crashed() || (isSettled(all) && signer(all) !== former),
    'another authority, or a crash',
  );
  if (crashed()) {
    await all.replica.operator.manager.stop(0);
    all.world.world.time.advance(DAY_MS);
    const second: RunningEnsemble = all.with(all.world.replica({ identity: 'second' }));
    await rotated(second, former);
  }
  expect(all.ensemble.mounts.strangers, `after write ${crashAt}`).toEqual([]);
  expect(all.ensemble.done).toEqual([]);
  return server.count(isClusterWrite) - first;
}
