import { awaited } from '../../awaited.ts';
import type { Daemon } from '../../daemon.ts';
import type { Server } from './config.ts';
import { query } from './query.ts';

/** A DDL waits for the other server, and a replica for what it has to fetch. */
const TIMEOUT_MS = 90_000;
const LOOK_TIMEOUT_MS = 10_000;

/** One server of ClickHouse with its replica of every table. */
export class ReplicatedServer {
  readonly name: string;
  readonly daemon: Daemon;
  readonly #port: number;

  constructor({ replica, http }: Server, daemon: Daemon) {
    this.name = replica;
    this.daemon = daemon;
    this.#port = http;
  }

  /** The answer's lines. */
  ask(text: string): Promise<string[]> {
    return query(this.#port, text, TIMEOUT_MS);
  }

  async answers(timeoutMs: number): Promise<void> {
    await this.eventually('an answer', timeoutMs, 'SELECT 1', (answer) => answer === '1');
  }

  /** Resolves once this server answers to `text` as it should. Nothing of ClickHouse tells when that will be. */
  async eventually(
    what: string,
    timeoutMs: number,
    text: string,
    isSo: (answer: string) => boolean,
  ): Promise<void> {
    let answer = '';
    await awaited(
      timeoutMs,
      async () => {
        answer = await query(this.#port, text, LOOK_TIMEOUT_MS).then(
          (lines) => lines.join('\n'),
          (error: unknown) => String(error),
        );
        if (isSo(answer)) return true;
        if (!this.daemon.alive) throw new Error(`${this.name} ended; its log: ${this.daemon.logFile}`);
        return undefined;
      },
      () => `waited for ${what} of ${this.name}; at last: ${answer}`,
    );
  }

  /** Fetches what the other replica has and this one lacks. */
  async catchUp(table: string): Promise<void> {
    await this.ask(`SYSTEM SYNC REPLICA ${table}`);
  }

  /**
   * How many of its rows this replica has of each insert. A row may be there twice for some minutes: a server that lost its connection under an insert keeps
   * those rows until it has looked whether ZooKeeper knows them.
   */
  async inserts(table: string): Promise<ReadonlyMap<string, number>> {
    await this.catchUp(table);
    const lines = await this.ask(`SELECT insert, uniqExact(row) FROM ${table} GROUP BY insert`);
    return new Map(
      lines.map((line) => {
        const [insert = '', rows] = line.split('\t');
        return [insert, Number(rows)];
      }),
    );
  }
}
