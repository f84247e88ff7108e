import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { FIRST_LEVEL_ONLY } from '../../src/model/feature-level.ts';
import type { IntroductionProofs } from '../../src/platform/followed-introduction.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { systemClock } from '../../src/platform/machine.ts';
import { PeerTransport, type PeerTransportOptions } from '../../src/platform/peer-transport.ts';
import type { PeerAddress } from '../../src/ports/transport.ts';
import { Links } from '../../src/replica/peers/links.ts';
import { ofNobody } from '../../src/replica/peers/peer-frames.ts';
import { LinkEvents } from './link-events.ts';
import { freePort } from './ports.ts';
import { RawSocket } from './raw-socket.ts';

export interface RunningTransport {
  readonly transport: PeerTransport;
  readonly events: LinkEvents;
  readonly log: KeptLog;
  readonly port: number;
}

export const strangerBounds = { total: 10, perAddress: 10 };

/** Nobody is made to wait. */
export const patientProofs: IntroductionProofs = { failed: () => {}, delayMs: () => 0 };

/** Nothing has to be proved. */
export const openPeers = {
  strangers: strangerBounds,
  secrets: new JoinSecrets([]),
  takesUnproved: true,
  proofs: patientProofs,
};

type PeerOptions = Partial<Omit<PeerTransportOptions, 'serverId' | 'address'>>;

/** The peer ports of members 1 to 3 on this machine, with what listens at them and what connects to them. */
export class PeerPorts {
  readonly #ports = new Map<number, number>();
  readonly #running: PeerTransport[] = [];
  #options: Omit<PeerTransportOptions, 'serverId' | 'address'> = openPeers;
  readonly #servers: Server[] = [];
  readonly #sockets: RawSocket[] = [];

  /** @returns member 2, which dials server id 1 and is dialled by server id 3 */
  async begin(options: PeerOptions = {}): Promise<RunningTransport> {
    this.#options = { ...openPeers, ...options };
    for (const serverId of [1, 2, 3]) this.#ports.set(serverId, await freePort());
    return this.start(2);
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    for (const transport of this.#running) await transport.stop();
    for (const server of this.#servers) server.close();
  }

  addressesBut(serverId: number): PeerAddress[] {
    return [...this.#ports]
      .filter(([other]) => other !== serverId)
      .map(([other, port]) => ({ serverId: other, host: '127.0.0.1', port }));
  }

  /** @param options where it differs from those of `begin` */
  start(serverId: number, options: PeerOptions = {}): Promise<RunningTransport> {
    return this.#startAt(this.#ports.get(serverId)!, serverId, options);
  }

  /** Somebody who dials as that member, and listens where nobody looks for it. */
  async pose(serverId: number, options: PeerOptions): Promise<RunningTransport> {
    return this.#startAt(await freePort(), serverId, options);
  }

  /** Somebody who connects to member 2. */
  async raw(): Promise<RawSocket> {
    const socket = await RawSocket.to(this.#ports.get(2)!);
    this.#sockets.push(socket);
    return socket;
  }

  /** A process at the address of server id 1: each connection that others dial. */
  async listenAsOne(onSocket: (socket: RawSocket) => void): Promise<void> {
    const server = createServer((socket: Socket) => {
      const accepted = new RawSocket(socket);
      this.#sockets.push(accepted);
      onSocket(accepted);
    });
    this.#servers.push(server);
    server.listen(this.#ports.get(1), '127.0.0.1');
    await once(server, 'listening');
  }

  async #startAt(port: number, serverId: number, options: PeerOptions): Promise<RunningTransport> {
    const log = new KeptLog();
    const address = { host: '127.0.0.1', port };
    const transport = new PeerTransport({ ...this.#options, serverId, address, ...options }, log);
    const events = new LinkEvents(serverId, () => transport);
    this.#running.push(transport);
    await transport.start(events);
    transport.connectTo(this.addressesBut(serverId));
    return { transport, events, log, port };
  }
}

/** The links of the member with server id 2, over this transport. */
export function linksOf(transport: PeerTransport, log: KeptLog): Links {
  return new Links(
    { ...ofNobody(2, 1, FIRST_LEVEL_ONLY), started: true },
    {
      transport,
      clock: systemClock,
      log,
      bounds: { peerFrameBytes: 1_000_000, linkBufferBytes: 4_000_000, snapshotChunkBytes: 100_000 },
    },
    { greeted: () => {}, frame: () => {}, parted: () => {} },
  );
}
