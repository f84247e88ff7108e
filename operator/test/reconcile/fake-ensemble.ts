import type { KubeObject } from '@rookery/kube/objects';
import {
  FIRST_READ_ORDINAL,
  isReadOrdinal,
  isReadServerId,
  PROOF_SERVER_ID,
} from '../../src/model/cluster-names.ts';
import {
  type Checkpoint,
  endOfOrdinals,
  imageOf,
  type MemberAnswer,
  type MemberStanding,
  type StatefulSet,
} from '../../src/model/observed.ts';
import { answerOf } from '../decide/observed-world.ts';
import {
  CERTIFICATES_PATH,
  type ClusterWorld,
  claimPath,
  PROOF_CLAIM_PATH,
  PROOF_POD_PATH,
  PROOF_SET_PATH,
  podPath,
  READ_SET_PATH,
} from './cluster-world.ts';
import type { MemberRequest } from './fake-members.ts';
import { MountedCertificates } from './mounted-certificates.ts';

interface Place {
  readonly serverId: number;
  readonly raftId: number;
  instance: number;
  votes: boolean;
}

/** The checkpoint, counted from 0, at which a planted image first differs. */
const PLANTED_AT = 1;

/** Of its log, by its server id: the last of them has most. */
const logEndOf = (serverId: number): number => 100 + serverId;

/** An ensemble whose members do what they are told over HTTP, on the pods that the StatefulSet has: what the server, its controller and the kubelets do together. */
export class FakeEnsemble {
  readonly #world: ClusterWorld;
  readonly mounts: MountedCertificates;
  /** Who is a member, by the ordinal of its pod. */
  readonly #places = new Map<number, Place>();
  /** The instance of the process in each pod, or the one that its volume would bring back. */
  readonly #processes = new Map<number, number>();
  /** Ordinals whose pods are made at the next look: for one look they are away. */
  readonly #awaited = new Set<number>();
  /** Voters' pods may be taken away by their StatefulSet: they hibernate. */
  allMayGo = false;
  /** Images that make another state of the log from some checkpoint on. */
  readonly planted = new Set<string>();
  /** Indices of the log. */
  readonly checkpoints: number[] = [1_000];
  /** Images that cannot be pulled. */
  readonly broken = new Set<string>();
  /** Voters without a pod that runs, at once. */
  mostAway = 0;
  #index = 40;
  #instances = 100;
  leader = 1;
  /** What was done, in words. */
  readonly done: string[] = [];
  /** The answer to the command of this number, from 1, is lost: it was done. */
  loses = 0;
  #commands = 0;
  /** Voters of the cluster before one was made of a survivor, each with its data yet. */
  readonly #past = new Map<number, Place>();
  /** Clusters that were made of one survivor. */
  #recovery = 0;
  fewestVotes = Number.POSITIVE_INFINITY;

  constructor(world: ClusterWorld) {
    this.#world = world;
    this.mounts = new MountedCertificates(() => world.world.server.objects.get(CERTIFICATES_PATH));
    for (const [ordinal, member] of world.members.entries())
      member.command = (request) => this.#command(ordinal + 1, request);
  }

  /** The first members, of one cluster. */
  begin(count: number): void {
    for (let serverId = 1; serverId <= count; serverId++) {
      const instance = ++this.#instances;
      this.#places.set(serverId, { serverId, raftId: serverId, instance, votes: true });
      this.#processes.set(serverId, instance);
    }
  }

  /** The answer to this one of the commands that come, from 1, is lost: it is done. */
  losesNext(which: number): void {
    this.loses = this.#commands + which;
  }

  get votes(): number[] {
    return [...this.#places.values()].filter(({ votes }) => votes).map(({ serverId }) => serverId);
  }

  /** Its volume is gone, and with it what it was. */
  wipe(serverId: number): void {
    this.#processes.set(serverId, ++this.#instances);
  }

  /** Pods as many as the StatefulSet asks for; members that were added find their processes. */
  live(): void {
    this.#livePool(this.#world.seenSet(), [...this.#world.members.keys()]);
    const readers = [...this.#world.readers.keys()].map((at) => FIRST_READ_ORDINAL + at);
    this.#livePool(this.#world.seenSet(READ_SET_PATH), readers);
    for (const [ordinal] of this.#world.members.entries()) this.#protectVolume(ordinal);
    this.#liveProver();
    for (const [serverId, instance] of this.#processes) {
      const place = this.#places.get(serverId);
      if (place !== undefined && place.instance === 0) place.instance = instance;
    }
    this.mounts.refresh([...this.#places.keys()].map((serverId) => serverId - 1));
    this.#probe();
    this.#answer();
    this.fewestVotes = Math.min(this.fewestVotes, this.votes.length);
    this.mostAway = Math.max(this.mostAway, this.votes.filter((voter) => !this.#runs(voter)).length);
  }

  #livePool(set: StatefulSet | undefined, ordinals: readonly number[]): void {
    const { objects } = this.#world.world.server;
    const revision = set?.status?.updateRevision;
    for (const ordinal of ordinals) {
      const isThere = objects.get(podPath(ordinal)) !== undefined;
      const isWanted = ordinal < endOfOrdinals(set);
      if (isWanted && !isThere && !this.#awaited.delete(ordinal)) {
        this.#awaited.add(ordinal);
      } else if (isWanted && !isThere) {
        const image = set!.spec.template!.spec!.containers![0]!.image!;
        const isBroken = this.broken.has(image);
        if (!isBroken && !this.#processes.has(ordinal + 1))
          this.#processes.set(ordinal + 1, ++this.#instances);
        const waiting = isBroken ? { waiting: 'ImagePullBackOff' } : {};
        this.#world.startPod(ordinal, { ...(revision === undefined ? {} : { revision }), ...waiting });
        this.done.push(`start ${ordinal + 1} ${image.split(':')[1]}`);
      } else if (!isWanted && isThere) {
        const votes = this.#places.get(ordinal + 1)?.votes === true;
        if (votes && !this.allMayGo) throw new Error(`the pod of a voter goes: zk-${ordinal}`);
        if (isReadOrdinal(ordinal) && this.#places.has(ordinal + 1) && !this.allMayGo)
          throw new Error(`the pod of a read replica goes that has its place: zk-read-${ordinal}`);
        objects.remove(podPath(ordinal));
        // Who comes back with its volume is who it was.
        if (!this.#places.has(ordinal + 1)) this.#processes.delete(ordinal + 1);
      }
    }
  }

  /** What Kubernetes does for volumes: one that is deleted goes with its pod. */
  #protectVolume(ordinal: number): void {
    const { objects } = this.#world.world.server;
    const path = claimPath(ordinal);
    const claim = objects.get(path);
    if (claim === undefined) return;
    const { deletionTimestamp, finalizers } = claim.metadata;
    if (deletionTimestamp === undefined) {
      if (finalizers === undefined)
        objects.put(path, {
          ...claim,
          metadata: { ...claim.metadata, finalizers: ['kubernetes.io/pvc-protection'] },
        });
    } else if (objects.get(podPath(ordinal)) === undefined) {
      objects.remove(path);
      this.wipe(ordinal + 1);
    }
  }

  #hasData({ serverId, instance }: Place): boolean {
    return this.#processes.get(serverId) === instance;
  }

  /** A majority of the voters has its data. */
  get #isLed(): boolean {
    const voters = [...this.#places.values()].filter(({ votes }) => votes);
    return voters.filter((place) => this.#hasData(place)).length * 2 > voters.length;
  }

  /** As the kubelet's probes find it; as long as there is a leader all are taken for ready. */
  #probe(): void {
    const { objects } = this.#world.world.server;
    for (const [ordinal] of this.#world.members.entries()) {
      const pod = objects.get(podPath(ordinal)) as (KubeObject & { readonly status?: object }) | undefined;
      const conditions = [{ type: 'Ready', status: this.#isLed ? 'True' : 'False' }];
      if (pod === undefined || !this.#runs(ordinal + 1)) continue;
      if (JSON.stringify(pod).includes(JSON.stringify(conditions))) continue;
      objects.put(podPath(ordinal), { ...pod, status: { ...pod.status, conditions } } as KubeObject);
    }
  }

  /** Its process is another one with each volume. */
  #liveProver(): void {
    const { objects } = this.#world.world.server;
    const image = imageOf(objects.get(PROOF_SET_PATH) as StatefulSet | undefined) ?? '';
    const isBroken = this.broken.has(image);
    if (this.#world.runProver(isBroken ? 'ImagePullBackOff' : undefined)) {
      if (isBroken || this.#processes.has(PROOF_SERVER_ID)) return;
      this.#processes.set(PROOF_SERVER_ID, ++this.#instances);
      this.done.push(`prove ${image.split(':')[1]}`);
    } else if (objects.get(PROOF_CLAIM_PATH) === undefined) this.#processes.delete(PROOF_SERVER_ID);
  }

  #checkpointsOf(serverId: number): Checkpoint[] {
    const set = this.#world.world.server.objects.get(PROOF_SET_PATH) as StatefulSet | undefined;
    const isPlanted = serverId === PROOF_SERVER_ID && this.planted.has(imageOf(set) ?? '');
    return this.checkpoints.slice(-16).map((index, at) => ({
      index,
      digest: isPlanted && at >= PLANTED_AT ? `other${index}` : `d${index}`,
    }));
  }

  #runs(serverId: number): boolean {
    const path = serverId === PROOF_SERVER_ID ? PROOF_POD_PATH : podPath(serverId - 1);
    const pod = this.#world.world.server.objects.get(path);
    return (pod as { status?: { phase?: string } } | undefined)?.status?.phase === 'Running';
  }

  #speaksTls(serverId: number): boolean {
    const pod = this.#world.world.server.objects.get(podPath(serverId - 1));
    return JSON.stringify(pod ?? {}).includes('ROOKERY_PEER_TLS_MODE');
  }

  #answer(): void {
    const members = [...this.#places.values()]
      .toSorted((a, b) => a.serverId - b.serverId)
      .map(
        (place): MemberStanding => ({
          serverId: place.serverId,
          raftId: place.raftId,
          instance: place.instance,
          role: place.serverId === this.leader ? 'leader' : place.votes ? 'follower' : 'learner',
          connected: this.#runs(place.serverId),
          lagEntries: place.instance === 0 ? undefined : 0,
        }),
      );
    for (const [serverId, instance] of this.#processes) {
      const place = this.#places.get(serverId);
      const isMember = place?.instance === instance;
      const role = members.find((member) => member.serverId === serverId)?.role;
      const certificates = this.#speaksTls(serverId) ? this.mounts.shownBy(serverId - 1) : [];
      const common = {
        instance,
        leader: this.#isLed ? this.leader : undefined,
        configurationIndex: this.#index,
        certificates,
        members,
        // Nothing is written.
        commitIndex: this.checkpoints.at(-1)!,
        checkpoints: this.#checkpointsOf(serverId),
      };
      const process = serverId === PROOF_SERVER_ID ? this.#world.prover : this.#world.memberAt(serverId - 1);
      const past = this.#past.get(serverId);
      if (past !== undefined && this.#hasData(past)) {
        process.answer = this.#pastAnswer(past);
        continue;
      }
      const log = { recovery: this.#recovery, lastLogTerm: 5, lastLogIndex: logEndOf(serverId) };
      process.answer =
        isMember && role !== undefined && role !== 'voter'
          ? answerOf(serverId, this.#isLed ? role : 'candidate', { ...common, ...log, raftId: place.raftId })
          : answerOf(serverId, 'joining', { ...common, raftId: 0, clusterId: '' });
    }
  }

  /** Of the former cluster, by larger numbers. */
  #pastAnswer({ serverId, raftId, instance }: Place): MemberAnswer {
    const members = [...this.#past.values()].map((place) => ({
      ...place,
      role: 'voter' as const,
      connected: false,
      lagEntries: undefined,
    }));
    const log = { recovery: this.#recovery - 1, lastLogTerm: 5, lastLogIndex: logEndOf(serverId) };
    const numbers = { term: 90, configurationIndex: 9_000 };
    return answerOf(serverId, 'candidate', {
      raftId,
      instance,
      leader: undefined,
      members,
      ...log,
      ...numbers,
    });
  }

  /** @returns why not */
  #force(serverId: number, asked: { serverId: number; lastIndex: number }): string | undefined {
    const place = this.#places.get(serverId);
    if (place === undefined || !this.#hasData(place)) return 'no-data';
    const isAlone = this.#recovery > 0 && this.leader === serverId && this.votes.length === 1;
    if (isAlone && asked.serverId === serverId) return undefined;
    if (this.#isLed) return 'leader-there';
    if (asked.serverId !== serverId) return 'other-member';
    if (asked.lastIndex !== logEndOf(serverId)) return 'other-log';
    for (const other of this.#places.values()) if (other !== place) this.#past.set(other.serverId, other);
    this.#places.clear();
    this.#places.set(serverId, place);
    this.leader = serverId;
    this.#recovery++;
    this.#index++;
    this.done.push(`force ${serverId}`);
    return undefined;
  }

  #command(
    serverId: number,
    { method, url, body }: MemberRequest,
  ): { status: number; text: string } | undefined {
    const isForced = url === '/admin/force-new-cluster';
    const told = (): string | undefined =>
      serverId === this.leader && this.#isLed ? this.#refusal(method, url, body) : 'not-leader';
    const refused = isForced
      ? this.#force(serverId, body as { serverId: number; lastIndex: number })
      : told();
    if (refused !== undefined) return { status: 409, text: refused };
    this.#answer();
    this.fewestVotes = Math.min(this.fewestVotes, this.votes.length);
    return ++this.#commands === this.loses ? undefined : { status: 200, text: '{}' };
  }

  #refusal(method: string, url: string, body: unknown): string | undefined {
    const { pathname, searchParams } = new URL(url, 'http://member');
    if (pathname === '/admin/leadership') {
      this.leader = (body as { to: number }).to;
      this.done.push(`lead ${this.leader}`);
      return undefined;
    }
    if (pathname === '/admin/checkpoints') {
      this.checkpoints.push(this.checkpoints.at(-1)! + 10);
      this.done.push('checkpoint');
      return undefined;
    }
    if (Number(searchParams.get('expectedIndex')) !== this.#index) return 'stale-configuration';
    if (pathname === '/admin/members') {
      const { serverId } = body as { serverId: number };
      if (this.#places.has(serverId)) return 'already-member';
      this.#places.set(serverId, { serverId, raftId: ++this.#index, instance: 0, votes: false });
      this.done.push(`add ${serverId}`);
      return undefined;
    }
    const raftId = Number(pathname.split('/')[3]);
    const place = [...this.#places.values()].find((candidate) => candidate.raftId === raftId);
    if (place === undefined) return 'unknown-member';
    this.#index++;
    if (method === 'DELETE') this.#places.delete(place.serverId);
    else if (place.serverId === PROOF_SERVER_ID) throw new Error('who proves a version gets a vote');
    else if (isReadServerId(place.serverId)) throw new Error('a read replica gets a vote');
    else place.votes = true;
    this.done.push(`${method === 'DELETE' ? 'remove' : 'promote'} ${place.serverId}`);
    return undefined;
  }
}
