import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import type { PeerAddress } from '../../src/ports/transport.ts';
import type { TlsIdentity } from '../../src/tls/tls-identity.ts';
import type { TestEnsemble, TestMember } from '../connections/ensemble.ts';
import { LinkEvents } from '../platform/link-events.ts';
import { openPeers } from '../platform/peer-ports.ts';

export interface ForgerOptions {
  readonly port: number;
  /** Which it knows; none: it proves nothing. */
  readonly secrets: readonly string[];
  /** What it shows; undefined: it speaks without TLS. */
  readonly tls?: TlsIdentity | undefined;
}

/** A process that poses as a member: it knows the addresses, the cluster's id and everybody's Raft id, and has whatever it is given. */
export class Forger {
  readonly events: LinkEvents;
  readonly #transport: PeerTransport;

  constructor(serverId: number, { port, secrets, tls }: ForgerOptions) {
    const address = { host: '127.0.0.1', port };
    const proofs = {
      ...openPeers,
      secrets: new JoinSecrets(secrets),
      takesUnproved: secrets.length === 0,
    };
    this.#transport = new PeerTransport({ ...proofs, serverId, address, tls }, new KeptLog());
    this.events = new LinkEvents(serverId, () => this.#transport);
  }

  async dial(victims: readonly PeerAddress[]): Promise<void> {
    await this.#transport.start(this.events);
    this.#transport.connectTo(victims);
  }

  say(serverId: number, bytes: Uint8Array): void {
    this.#transport.send(serverId, bytes);
  }

  stop(): Promise<void> {
    return this.#transport.stop();
  }
}

export function peerAddress({ serverId, config }: TestMember): PeerAddress {
  const { host, peerPort } = config.members.find((member) => member.serverId === serverId)!;
  return { serverId, host, port: peerPort };
}

/** A client that goes on writing while members are attacked. */
export class WatchfulWriter {
  acknowledged = 0;
  /** Between two acknowledged writes; for people. */
  longestGapMs = 0;
  #isOver = false;
  #writing: Promise<void> = Promise.resolve();
  readonly #client: Awaited<ReturnType<TestEnsemble['session']>>;

  /** Made by its static function alone. */
  constructor(client: Awaited<ReturnType<TestEnsemble['session']>>) {
    this.#client = client;
  }

  static async at(ensemble: TestEnsemble, member: TestMember): Promise<WatchfulWriter> {
    const client = await ensemble.session(member);
    await client.ask((one) => one.create('/count', '0'));
    const writer = new WatchfulWriter(client);
    writer.#writing = writer.#write();
    writer.#writing.catch(() => {});
    return writer;
  }

  /** Settles once so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged + count;
    while (this.acknowledged < wanted) {
      await Promise.race([this.#writing, new Promise((resolve) => setTimeout(resolve, 5))]);
    }
  }

  /** Nothing is under way any more. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
  }

  /** By the same session and connection: neither was lost. */
  async #write(): Promise<void> {
    for (let sinceMs = performance.now(); !this.#isOver; ) {
      const { err } = await this.#client.ask((one) => one.set('/count', String(this.acknowledged + 1)));
      if (err !== 0) throw new Error(`a write was answered ${err}`);
      this.acknowledged++;
      const nowMs = performance.now();
      this.longestGapMs = Math.max(this.longestGapMs, nowMs - sinceMs);
      sinceMs = nowMs;
    }
  }
}
