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
  type MemberStanding,
  type StatefulSet,
} from '../../src/model/observed.ts';
import { answerOf } from '../decide/observed-world.ts';
import {
  CERTIFICATES_PATH,
  type ClusterWorld,
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
    this.#liveProver();
    for (const [serverId, instance] of this.#processes) {
      const place = this.#places.get(serverId);
      if (place !== undefined && place.instance === 0) place.instance = instance;
    }
    this.mounts.refresh([...this.#places.keys()].map((serverId) => serverId - 1));
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
        leader: this.leader,
        configurationIndex: this.#index,
        certificates,
        members,
        // Nothing is written.
        commitIndex: this.checkpoints.at(-1)!,
        checkpoints: this.#checkpointsOf(serverId),
      };
      const process = serverId === PROOF_SERVER_ID ? this.#world.prover : this.#world.memberAt(serverId - 1);
      process.answer =
        isMember && role !== undefined && role !== 'voter'
          ? answerOf(serverId, role, { ...common, raftId: place.raftId })
          : answerOf(serverId, 'joining', { ...common, raftId: 0, clusterId: '' });
    }
  }

  #command(
    serverId: number,
    { method, url, body }: MemberRequest,
  ): { status: number; text: string } | undefined {
    const refused = serverId === this.leader ? this.#refusal(method, url, body) : 'not-leader';
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
