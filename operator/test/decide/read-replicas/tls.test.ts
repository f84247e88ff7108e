import { describe, expect, test } from 'vitest';
import { isMountable } from '../../../src/decide/tls/lacking.ts';
import { nextTlsStep } from '../../../src/decide/tls/tls-step.ts';
import { wantedLeaves } from '../../../src/decide/tls/wanted-leaves.ts';
import { memberFile, type ObservedTls, type PeerTlsMode } from '../../../src/model/tls.ts';
import { answerOf, podOf } from '../observed-world.ts';
import { authorityOf, authoritySecretOf, certificatesSecretOf, day, leafOf, tlsOf } from '../tls-world.ts';
import { type Given, type Reader, world } from './reading-world.ts';

const filesOf = (given: Given): string[] => wantedLeaves(world(given)).map(({ file }) => file);
const MEMBERS = [0, 1, 2, 3, 4, 5, 6].map(memberFile);
const PROVER = memberFile(254);

describe('certificates', () => {
  test('there are none of read replicas where none are wanted, so that nothing changes for clusters that have none', () => {
    expect(filesOf({})).toEqual([...MEMBERS, PROVER]);
  });

  test('of as many as there may be are made before the first comes, each with the name by which the members reach it', () => {
    const given: Given = { spec: { readReplicas: 1 } };
    const own = Array.from({ length: 20 }, (_, at) => memberFile(100 + at));
    expect(filesOf(given)).toEqual([...MEMBERS, ...own, PROVER]);
    const first = wantedLeaves(world(given)).find(({ file }) => file === memberFile(100));
    expect(first).toEqual({ file: '100.pem', commonName: 'zk-read-100', names: ['zk-peer-100.ns.svc'] });
  });

  test('for clients are for the read Service and the names of its pods, too', () => {
    const client = { client: { mode: 'Required' } } as const;
    const namesWith = (readReplicas: number) =>
      wantedLeaves(world({ spec: { readReplicas, tls: client } })).find(({ file }) => file === 'clients.pem')
        ?.names;
    expect(namesWith(1)).toEqual(expect.arrayContaining(['zk-read.ns.svc', '*.zk-read-headless.ns.svc']));
    expect(namesWith(0)?.some((name) => name.includes('read'))).toBe(false);
  });
});

test('pods of members are made though those of read replicas lack what they mount, and these are not', () => {
  const there = certificatesSecretOf();
  const leaves = Object.fromEntries(
    Object.entries(there.leaves).filter(([file]) => !/^1\d\d\.pem$/.test(file)),
  );
  const given: Given = {
    spec: { readReplicas: 1 },
    more: { tls: tlsOf({ certificates: { ...there, leaves } }) },
  };
  expect(isMountable(world(given), 'members')).toBe(true);
  expect(isMountable(world(given), 'readReplicas')).toBe(false);
  expect(isMountable(world({ spec: { readReplicas: 1 } }), 'readReplicas')).toBe(true);
});

const BOTH: Partial<ObservedTls> = {
  authority: authoritySecretOf({ next: authorityOf('two') }),
  certificates: certificatesSecretOf({ bundle: '<one><two>', trusted: ['one', 'two'] }),
};

const trusts = (ordinal: number, ...trusted: string[]) => [
  { listener: 'members', serial: leafOf(ordinal).serial, notAfter: day(89), trusted } as const,
];

function reader(peerTls: PeerTlsMode, trusted: readonly string[], more: Reader['more'] = {}): Reader {
  const answer = answerOf(101, 'learner', { certificates: trusts(100, ...trusted) });
  return { more: { peerTls, report: { kind: 'answer', answer }, ...more } };
}

const members = (peerTls: PeerTlsMode) =>
  [1, 2, 3].map((serverId) =>
    podOf(
      serverId - 1,
      answerOf(serverId, serverId === 1 ? 'leader' : 'follower', {
        certificates: trusts(serverId - 1, 'one', 'two'),
      }),
      { peerTls },
    ),
  );

const stuck = { ready: false, trouble: 'CrashLoopBackOff', report: { kind: 'silent', why: '' } } as const;

describe('one authority follows another', () => {
  test.each<readonly [string, Reader, string | undefined]>([
    ['once read replicas trust it as well', reader('required', ['one', 'two']), 'switchAuthority'],
    ['not before one that is up does', reader('required', ['one']), undefined],
    [
      'not while one that is up does not answer',
      reader('required', [], { report: { kind: 'silent', why: '' } }),
      undefined,
    ],
    ['whatever has become of one that does not run', reader('required', [], stuck), 'switchAuthority'],
  ])('%s', (_title, one, kind) => {
    const step = nextTlsStep(
      world({ readers: [one], pods: members('required'), more: { tls: tlsOf(BOTH) } }),
    );
    expect(step?.kind).toBe(kind);
  });
});

describe('from links without TLS to TLS alone', () => {
  const spec = { tls: { peer: { mode: 'Auto' } } } as const;
  const status = { tls: { peer: 'Optional' } } as const;
  test.each<readonly [string, Reader, PeerTlsMode]>([
    ['once read replicas take both and show their certificates', reader('optional', ['one']), 'required'],
    ['not while one takes none', reader('off', []), 'optional'],
    ['whatever has become of one that does not run', reader('off', [], stuck), 'required'],
  ])('%s', (_title, one, mode) => {
    const given: Given = {
      spec: { ...spec, readReplicas: 1 },
      status,
      readers: [one],
      pods: members('optional'),
    };
    expect(world(given).plan.peerTls.mode).toBe(mode);
  });
});
