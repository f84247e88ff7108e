import dns from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, isIP, type Server } from 'node:net';
import { joinAddress, listenAt } from '../config/addresses.ts';
import type { Logger } from '../ports/logger.ts';
import { codeOf, isForeignAddress, isPassing, ListenError, type ListenPurpose } from './listen-error.ts';

export interface ListenAddress {
  /** An address, `::` for all of them, or a name: then every address of this machine that it stands for. */
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  /** Connections that wait to be accepted; absent: the system's usual number. */
  readonly backlog?: number;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/**
 * Listens wherever a host stands for, with one server for each address.
 *
 * A name that nobody knows yet and an address that this machine does not have yet are tried again until they are there, as the names of
 * peers are: in Kubernetes and Compose a member often starts before its own name, and after a move the name may stand for the former
 * address for a while. The reason is logged once. What no waiting mends, such as a port in use, is a ListenError.
 */
export class Listening {
  /** Why nobody is listening yet; empty where somebody is. */
  waitingFor = 'not listening yet';
  /** Settles after the first attempt that ended in waiting; of an attempt that ended otherwise `start` tells. */
  readonly attempted: Promise<void>;
  readonly #purpose: ListenPurpose;
  readonly #address: ListenAddress;
  readonly #newServer: (place: number) => Server;
  readonly #log: Logger;
  #servers: Server[] = [];
  #stopped = false;
  #stopWaiting: () => void = () => {};
  readonly #hasAttempted: () => void;
  #loggedReason = '';

  /** @param newServer is asked for a server that is not listening, for each address: 0 for the first one */
  constructor(
    purpose: ListenPurpose,
    address: ListenAddress,
    newServer: (place: number) => Server,
    log: Logger,
  ) {
    this.#purpose = purpose;
    this.#address = address;
    this.#newServer = newServer;
    this.#log = log;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.attempted = promise;
    this.#hasAttempted = resolve;
  }

  /** Where it listens; the one that was chosen where 0 was asked for. */
  get port(): number {
    const [first] = this.#servers;
    return first === undefined ? this.#address.port : (first.address() as AddressInfo).port;
  }

  /** Settles once somebody listens, or once `stop` was called. Rejects with ListenError. */
  async start(): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !this.#stopped; retryMs = Math.min(2 * retryMs, MAX_RETRY_MS)) {
      const reason = await this.#attempt();
      if (this.#stopped) await this.#closeServers();
      this.waitingFor = reason;
      if (reason === '') return;
      this.#sayOnce(reason);
      this.#hasAttempted();
      await this.#pause(retryMs);
    }
  }

  /** Takes no more connections; those that are open are their owner's to close, and waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWaiting();
    await this.#closeServers();
  }

  async #closeServers(): Promise<void> {
    const servers = this.#servers.splice(0);
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }

  /** Of an attempt that failed half-way; whoever connected meanwhile is not waited for. */
  #giveUp(): void {
    for (const server of this.#servers.splice(0)) server.close();
  }

  /** Empty where it listens; else why it does not yet. */
  async #attempt(): Promise<string> {
    let hosts: readonly string[];
    try {
      hosts = await addressesOf(this.#address.host);
    } catch (error) {
      return messageOf(error);
    }
    const foreign: string[] = [];
    for (const host of hosts) {
      try {
        await this.#open(host);
      } catch (error) {
        const code = codeOf(error);
        if (!isPassing(code)) {
          this.#giveUp();
          throw new ListenError(this.#purpose, { host, port: this.#address.port }, code, error);
        }
        if (!isForeignAddress(code)) {
          this.#giveUp();
          return messageOf(error);
        }
        foreign.push(host);
      }
    }
    if (this.#servers.length === 0) return `this machine does not have the address ${foreign.join(' or ')}`;
    if (foreign.length > 0) {
      this.#log.info(
        { host: this.#address.host, foreign },
        `listening for ${this.#purpose.whom} only at those addresses of the name that this machine has`,
      );
    }
    return '';
  }

  async #open(host: string): Promise<void> {
    const server = this.#newServer(this.#servers.length);
    const { port, backlog } = this.#address;
    // All addresses of a name have one port, also where the system chose it.
    const at = { port: port === 0 ? this.port : port, ...(backlog === undefined ? {} : { backlog }) };
    await listenAt(host, async (given) => {
      server.listen({ ...at, host: given });
      await once(server, 'listening');
    });
    server.on('error', (error) => {
      this.#log.warn({ err: error }, `the listener for ${this.#purpose.whom} could not take a connection`);
    });
    this.#servers.push(server);
  }

  #sayOnce(reason: string): void {
    if (this.#loggedReason === reason || this.#stopped) return;
    this.#loggedReason = reason;
    const { host, port } = this.#address;
    const { whom, hostSetting } = this.#purpose;
    this.#log.warn(
      { address: joinAddress(host, port), reason },
      `cannot listen for ${whom} yet: ${reason}; trying on. If it stays so, correct ${hostSetting}`,
    );
  }

  #pause(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Each address that a name stands for, once. Rejects as getaddrinfo does. */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return new Promise((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, found) => {
      if (error !== null) reject(error);
      else resolve([...new Set(found.map(({ address }) => address))]);
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
