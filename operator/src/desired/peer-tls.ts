import type { CoordinationCluster } from '@rookery/crds';
import { answersOf, type Container, everyPod, isUp, type Observed } from '../model/observed.ts';
import { memberFile, PEER_TLS_MODES, type PeerTls, type PeerTlsMode } from '../model/tls.ts';

/** The variable by which a pod's member knows what to take of the others: what pods run with is read from there. */
export const PEER_TLS_MODE_VARIABLE = 'ROOKERY_PEER_TLS_MODE';

type Found = Pick<Observed, 'cluster' | 'statefulSet' | 'pods' | 'tls' | 'readReplicas'>;

/**
 * What the pods are to take of one another. Members with TLS alone and members without it have no links, and a quorum would be lost on
 * the way from one to the other: so each first takes both, and goes on once all do and show their certificates. Where no pod is there, all
 * begin as they are to end.
 *
 * Where the spec says nothing, a cluster that begins has TLS, and one that runs stays as it is, whatever operator comes.
 */
export function peerTlsOf(found: Found): PeerTls {
  const running = runningMode(found);
  const wanted = wantedMode(found.cluster.spec) ?? (running === 'off' ? 'off' : 'required');
  return { mode: running === undefined ? wanted : stepTowards(wanted, running, found), wanted };
}

const MODES = { Disabled: 'off', Optional: 'optional', Required: 'required' } as const;

/** As pods are made so far; undefined: there are none, and never were. Clusters of former operators have noted nothing: there the pods tell. */
function runningMode({ cluster, statefulSet, pods }: Found): PeerTlsMode | undefined {
  const noted = cluster.status?.tls?.peer;
  if (noted !== undefined) return MODES[noted];
  return statefulSet === undefined ? modeOfPods(pods) : modeOf(statefulSet.spec.template?.spec);
}

function wantedMode({ tls }: CoordinationCluster['spec']): PeerTlsMode | undefined {
  const { mode } = tls.peer;
  return mode === undefined ? undefined : mode === 'Auto' ? 'required' : 'off';
}

/** PURE. Of a pod, or of a template of pods. */
export function modeOf(spec: { readonly containers?: readonly Container[] } | undefined): PeerTlsMode {
  const variables = spec?.containers?.flatMap(({ env }) => env ?? []);
  const value = variables?.find(({ name }) => name === PEER_TLS_MODE_VARIABLE)?.value;
  return PEER_TLS_MODES.find((mode) => mode === value) ?? 'off';
}

/** Of pods that have lost their StatefulSet; undefined: there are none. */
function modeOfPods(pods: Found['pods']): PeerTlsMode | undefined {
  const modes = new Set(pods.filter(({ deleting }) => !deleting).map(({ peerTls }) => peerTls));
  const [first] = modes;
  // Who takes both gets on with either.
  return modes.size > 1 ? 'optional' : first;
}

function stepTowards(wanted: PeerTlsMode, running: PeerTlsMode, found: Found): PeerTlsMode {
  if (wanted === running) return running;
  if (running !== 'optional') return running === 'off' && !areMade(found) ? 'off' : 'optional';
  const expected = found.statefulSet?.spec.replicas ?? 0;
  const members = found.pods.filter(({ ordinal }) => ordinal < expected);
  const areThere = members.length === expected && members.every(({ deleting }) => !deleting);
  if (!areThere) return 'optional';
  const all = [...members, ...found.readReplicas.pods.filter(isUp)];
  const isReady =
    wanted === 'off'
      ? all.every(({ peerTls }) => peerTls !== 'required')
      : all.every((pod) => pod.peerTls !== 'off' && showsOwn(found, pod.ordinal));
  return isReady ? wanted : 'optional';
}

/** Pods that mount what is not there would not start. */
function areMade({ tls: { certificates } }: Found): boolean {
  return certificates.kind === 'there' && certificates.leaves[memberFile(0)] !== undefined;
}

/** Whether the member has taken over what was mounted for it: only then the others can reach it by TLS alone. */
function showsOwn(found: Found, ordinal: number): boolean {
  const { certificates } = found.tls;
  if (certificates.kind !== 'there') return false;
  const serial = certificates.leaves[memberFile(ordinal)]?.serial;
  const answer = answersOf(everyPod(found)).find(({ serverId }) => serverId === ordinal + 1);
  return (
    answer?.certificates.some((shown) => shown.listener === 'members' && shown.serial === serial) === true
  );
}
