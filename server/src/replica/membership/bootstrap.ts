import { type Configuration, encodeConfiguration } from 'raft-ts-lite';
import { FIRST_LEVEL } from '../../model/feature-level.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Fatal } from '../../ports/fatal.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MemberIdentity } from '../../storage/recovered.ts';
import type { Storage } from '../../storage/storage.ts';
import { isDiskFull } from '../../storage/storage-error.ts';
import type { Links } from '../peers/links.ts';
import { PeerProtocolError } from '../peers/peer-format.ts';
import { type Grant, writeGrant } from '../peers/peer-frames.ts';
import { readConfiguration } from '../peers/raft-codec.ts';
import { decideGenesis } from './genesis.ts';
import {
  decodeContext,
  encodeContext,
  type MemberContext,
  unusableMembers,
  type WantedMember,
} from './membership.ts';

export interface BootstrapParts {
  readonly serverId: number;
  /** The cluster that this member was told to belong to; empty where it may begin a new one. */
  readonly expectedClusterId: string;
  readonly wanted: readonly WantedMember[];
  readonly links: Links;
  readonly storage: Storage;
  readonly entropy: Entropy;
  readonly log: Logger;
  readonly fatal: Fatal;
  /** Raft may run. Called once. */
  readonly start: (identity: MemberIdentity) => void;
}

/** From an empty disk (or an identity whose genesis may not be complete) to a member that may run Raft. */
export class Bootstrap {
  /** What it waits for, for people. */
  reason = 'starting';
  readonly #parts: BootstrapParts;
  readonly #voters: readonly number[];
  #identity: MemberIdentity | undefined;
  #adopting = false;
  #saidNoRoom = false;
  #done = false;

  constructor(parts: BootstrapParts, identity: MemberIdentity | undefined) {
    this.#parts = parts;
    this.#identity = identity;
    this.#voters = parts.wanted.filter((member) => member.role === 'voter').map((member) => member.serverId);
  }

  /** Looks at what is, and does the next thing. */
  step(): void {
    if (this.#adopting || this.#done) return;
    const { links, log, expectedClusterId } = this.#parts;
    const hellos = links.hellos();
    const step = decideGenesis({ self: links.self, expectedClusterId, voters: this.#voters, hellos });
    switch (step.kind) {
      case 'wait':
        if (step.reason !== this.reason) log.info({}, step.reason);
        this.reason = step.reason;
        return;
      case 'create':
        this.#create();
        return;
      case 'grant':
        for (const serverId of step.serverIds) this.#grant(serverId);
        links.flush();
        return;
      case 'start':
        this.#done = true;
        this.#parts.start(this.#identity!);
        return;
      default:
        step satisfies never;
    }
  }

  /** A grant for this very process: durable before anybody hears of it. Throws PeerProtocolError where no member could start with it. */
  receive(grant: Grant): void {
    const { links, storage, serverId, log, fatal } = this.#parts;
    if (this.#adopting || this.#identity !== undefined || grant.instance !== links.self.instance) return;
    const { clusterId, raftId, secret } = grant;
    const { expectedClusterId } = this.#parts;
    if (expectedClusterId !== '' && clusterId !== expectedClusterId) {
      log.error(
        { clusterId, expectedClusterId },
        'another cluster than the one of its configuration wants this member; it does not join',
      );
      return;
    }
    const identity = { clusterId, raftId, secret, serverId, genesis: readConfiguration(grant.genesis) };
    const fault = whyUnusable(identity);
    if (fault !== undefined) throw new PeerProtocolError(`a peer granted what makes no member: ${fault}`);
    this.#adopting = true;
    storage.writeIdentity(identity).then(
      () => {
        this.#adopting = false;
        this.#identity = identity;
        log.info({ clusterId, raftId }, 'joined cluster');
        links.announce({ clusterId, raftId, recovery: identity.genesis.recovery });
        this.step();
      },
      (error: Error) => {
        if (isDiskFull(error)) this.#notYet(error);
        else fatal(error);
      },
    );
  }

  /** The next grant, or the next review of who creates the cluster, tries it again. */
  #notYet({ message: reason }: Error): void {
    this.#adopting = false;
    if (!this.#saidNoRoom)
      this.#parts.log.warn(
        { reason },
        'this member cannot write who it is yet; it is tried again until it can',
      );
    this.#saidNoRoom = true;
  }

  #create(): void {
    const { entropy, links, log, serverId } = this.#parts;
    const clusterId = hex(entropy.bytes(16));
    log.info({ clusterId, members: this.#voters }, 'creating a new cluster');
    this.receive({
      clusterId,
      secret: entropy.bytes(32),
      genesis: encodeConfiguration(this.#genesisConfiguration()),
      raftId: this.#raftIdOf(serverId),
      instance: links.self.instance,
    });
  }

  /** Raft ids 1..n in the order of the server ids; the log begins behind index n. */
  #genesisConfiguration(): Configuration {
    const { links, wanted } = this.#parts;
    const hellos = links.hellos();
    const level = this.#genesisLevel();
    const contexts = new Map<number, string>();
    for (const { role: _role, ...address } of wanted.filter((member) =>
      this.#voters.includes(member.serverId),
    )) {
      const instance = hellos.get(address.serverId)?.instance ?? links.self.instance;
      contexts.set(this.#raftIdOf(address.serverId), encodeContext({ ...address, instance, ...level }));
    }
    const ids = [...contexts.keys()];
    return { index: ids.length, voters: ids, outgoing: [], learners: [], contexts };
  }

  /** The highest that each of those runs with whom the cluster begins: there is no release before it to go back to. */
  #genesisLevel(): Pick<MemberContext, 'genesisLevel'> {
    const { links } = this.#parts;
    const hellos = links.hellos();
    const highest = this.#voters.map((serverId) => (hellos.get(serverId) ?? links.self).levels.highest);
    const level = Math.min(...highest);
    return level === FIRST_LEVEL ? {} : { genesisLevel: level };
  }

  #grant(serverId: number): void {
    const hello = this.#parts.links.hellos().get(serverId);
    if (hello !== undefined)
      sendGrant(this.#parts.links, this.#identity!, serverId, this.#raftIdOf(serverId), hello.instance);
  }

  #raftIdOf(serverId: number): number {
    return this.#voters.indexOf(serverId) + 1;
  }
}

/** Once it is on the disk a member starts with it for good. */
function whyUnusable({ clusterId, raftId, serverId, genesis }: MemberIdentity): string | undefined {
  if (clusterId === '') return 'the cluster has no id';
  const unusable = unusableMembers(genesis);
  if (unusable !== undefined) return unusable;
  if (genesis.voters.length === 0) return 'nobody votes at genesis';
  // Those of genesis have the first ids; later ones the index of the entry that added them.
  if (raftId > genesis.index) return undefined;
  const context = genesis.contexts.get(raftId);
  return context !== undefined && decodeContext(context).serverId === serverId
    ? undefined
    : `id ${raftId} is not that of member ${serverId}`;
}

/**
 * Makes the empty process `instance` at `serverId` the member `raftId`. What it gets as its genesis says out of which forced recovery its cluster
 * came: so it is a member of that from the beginning, while it catches up, too.
 */
export function sendGrant(
  links: Links,
  identity: MemberIdentity,
  serverId: number,
  raftId: number,
  instance: number,
): void {
  const outbox = links.outbox(serverId);
  if (outbox === undefined) return;
  const { clusterId, secret } = identity;
  const { recovery } = links.self;
  const genesis = recovery === undefined ? identity.genesis : { ...identity.genesis, recovery };
  writeGrant(outbox, { clusterId, secret, raftId, instance, genesis: encodeConfiguration(genesis) });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
