import { describe, expect, test } from 'vitest';
import { peerTlsOf } from '../../src/desired/peer-tls.ts';
import {
  type MemberAnswer,
  NO_READ_REPLICAS,
  type ObservedPod,
  type StatefulSet,
} from '../../src/model/observed.ts';
import type { ObservedTls, PeerTlsMode } from '../../src/model/tls.ts';
import { answerOf, clusterOf, podOf, statefulSetOf } from '../decide/observed-world.ts';
import { tlsOf } from '../decide/tls-world.ts';

const NO_SECRETS: ObservedTls = tlsOf({ authority: { kind: 'missing' }, certificates: { kind: 'missing' } });
const SPEC = {
  absent: {},
  Auto: { tls: { peer: { mode: 'Auto' } } },
  Disabled: { tls: { peer: { mode: 'Disabled' } } },
} as const;
const STATES = { off: 'Disabled', optional: 'Optional', required: 'Required' } as const;

interface Found {
  readonly spec: keyof typeof SPEC;
  /** What the status tells. */
  readonly noted?: PeerTlsMode;
  /** Of the StatefulSet's template; undefined: there is none. */
  readonly template?: PeerTlsMode;
  readonly pods?: readonly ObservedPod[];
  readonly tls?: ObservedTls;
}

function setOf(mode: PeerTlsMode): StatefulSet {
  const set = statefulSetOf(clusterOf());
  const env = mode === 'off' ? [] : [{ name: 'ROOKERY_PEER_TLS_MODE', value: mode }];
  return { ...set, spec: { ...set.spec, template: { spec: { containers: [{ name: 'rookery', env }] } } } };
}

function pods(mode: PeerTlsMode, more: Partial<MemberAnswer> = {}): ObservedPod[] {
  return [0, 1, 2].map((ordinal) =>
    podOf(ordinal, answerOf(ordinal + 1, 'follower', more), { peerTls: mode }),
  );
}

function modesOf({ spec, noted, template, pods: all = [], tls = tlsOf() }: Found) {
  const status = noted === undefined ? {} : { status: { tls: { peer: STATES[noted] } } };
  return peerTlsOf({
    cluster: clusterOf(SPEC[spec], status),
    statefulSet: template === undefined ? undefined : setOf(template),
    pods: all,
    tls,
    readReplicas: NO_READ_REPLICAS,
  });
}

const steady = (mode: PeerTlsMode) => ({ mode, wanted: mode });
const showingNone = { certificates: [] };

describe('what members take of one another', () => {
  test.each<readonly [string, Found, ReturnType<typeof modesOf>]>([
    ['a cluster that begins has TLS', { spec: 'absent', tls: NO_SECRETS }, steady('required')],
    ['… unless it is to have none', { spec: 'Disabled' }, steady('off')],
    [
      'one of an operator that knew of no TLS stays without, as its StatefulSet tells',
      { spec: 'absent', template: 'off', pods: pods('off') },
      steady('off'),
    ],
    [
      '… or its pods, where the StatefulSet was deleted from under them',
      { spec: 'absent', pods: pods('off') },
      steady('off'),
    ],
    [
      '… or its status, whatever somebody has made of the StatefulSet',
      { spec: 'absent', noted: 'off', template: 'required' },
      steady('off'),
    ],
    [
      'one that has TLS keeps it, as its status tells',
      { spec: 'absent', noted: 'required', template: 'off' },
      steady('required'),
    ],
    ['… or its StatefulSet', { spec: 'absent', template: 'required' }, steady('required')],
    ['… or its pods', { spec: 'absent', pods: pods('required') }, steady('required')],
    [
      'what was under way goes on',
      { spec: 'absent', noted: 'optional', pods: pods('off'), template: 'optional' },
      { mode: 'optional', wanted: 'required' },
    ],
  ])('%s', (_title, found, expected) => {
    expect(modesOf(found)).toEqual(expected);
  });
});

describe('from none to TLS', () => {
  test.each<readonly [string, Omit<Found, 'spec'>, PeerTlsMode]>([
    ['waits until what pods mount is there', { template: 'off', pods: pods('off'), tls: NO_SECRETS }, 'off'],
    ['begins with both', { template: 'off', pods: pods('off') }, 'optional'],
    [
      'waits until all pods take both',
      { template: 'optional', pods: [...pods('optional').slice(1), ...pods('off').slice(0, 1)] },
      'optional',
    ],
    ['waits for a pod that is away', { template: 'optional', pods: pods('optional').slice(1) }, 'optional'],
    [
      'waits for one that is going',
      { template: 'optional', pods: pods('optional').map((pod) => ({ ...pod, deleting: true })) },
      'optional',
    ],
    [
      'waits until each shows its certificate',
      { template: 'optional', pods: pods('optional', showingNone) },
      'optional',
    ],
    [
      'waits for one that does not answer',
      {
        template: 'optional',
        pods: [...pods('optional').slice(0, 2), podOf(2, 'silent', { peerTls: 'optional' })],
      },
      'optional',
    ],
    ['ends with TLS alone', { template: 'optional', pods: pods('optional') }, 'required'],
    [
      'goes on where an operator was interrupted',
      {
        noted: 'optional',
        template: 'required',
        pods: [...pods('required').slice(0, 1), ...pods('optional').slice(1)],
      },
      'required',
    ],
  ])('%s', (_title, found, mode) => {
    expect(modesOf({ spec: 'Auto', ...found })).toEqual({ mode, wanted: 'required' });
  });
});

describe('from TLS to none', () => {
  test.each<readonly [string, Omit<Found, 'spec'>, PeerTlsMode]>([
    ['begins with both', { template: 'required', pods: pods('required') }, 'optional'],
    [
      'waits until no pod takes TLS alone',
      { template: 'optional', pods: [...pods('required').slice(0, 1), ...pods('optional').slice(1)] },
      'optional',
    ],
    ['ends without', { template: 'optional', pods: pods('optional', showingNone) }, 'off'],
    [
      'goes on where an operator was interrupted',
      {
        noted: 'optional',
        template: 'off',
        pods: [...pods('off').slice(0, 1), ...pods('optional').slice(1)],
      },
      'off',
    ],
  ])('%s', (_title, found, mode) => {
    expect(modesOf({ spec: 'Disabled', ...found })).toEqual({ mode, wanted: 'off' });
  });
});
