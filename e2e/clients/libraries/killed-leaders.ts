import assert from 'node:assert/strict';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { fourLetterWord } from '../../../testkit/src/systems/four-letter-word.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import type { LibraryClient } from './library-client.ts';
import { type Ephemeral, Observer, sameId } from './observer.ts';

const SERVING_TIMEOUT_MS = 60_000;
/** Each brings every client that is left untouched another connection to lose, so that a few do. */
const MAX_FURTHER_KILLS = 12;

/** What one client came to. */
export interface Account {
  readonly client: LibraryClient;
  readonly checks: number;
  readonly writes: number;
  readonly lost: readonly number[];
  readonly longestGapMs: number;
  readonly connectionsLost: number;
}

interface Participant {
  readonly client: LibraryClient;
  readonly checks: number;
  readonly session: string;
  readonly own: Ephemeral;
}

/** Clients that write while members are killed, and what may not have been lost by it. */
export class KilledLeaders {
  readonly #ensemble: Ensemble;
  readonly #observer: Observer;
  readonly #participants: readonly Participant[];
  /** Of each watched thing; each client is told of each of them once. */
  #changes = 0;
  #treeChanges = 0;
  kills = 0;

  /** Made by its static function alone. */
  constructor(ensemble: Ensemble, observer: Observer, participants: readonly Participant[]) {
    this.#ensemble = ensemble;
    this.#observer = observer;
    this.#participants = participants;
  }

  /** Resolves once all of them have gone through their checks and write. */
  static async begin(ensemble: Ensemble, clients: readonly LibraryClient[]): Promise<KilledLeaders> {
    const observer = observerOf(ensemble);
    const participants = await Promise.all(
      clients.map(async (client) => {
        const { checks, session } = await client.ready();
        const own = await observer.ephemeral(`${client.path}/own`);
        assert.equal(
          own?.owner,
          sameId(session),
          `the ephemeral node of ${client.name} is not of its session`,
        );
        return { client, checks, session, own: own! };
      }),
    );
    return new KilledLeaders(ensemble, observer, participants);
  }

  /** Kills the leader, and brings it back once everybody has gone on without it. */
  async killLeader(): Promise<void> {
    await this.#kill(await this.#ensemble.leader());
  }

  /** Kills members until no client has still the connection that it began with. */
  async touchAll(): Promise<void> {
    for (let kill = 0; kill < MAX_FURTHER_KILLS; kill++) {
      const untouched = this.#participants.find(({ client }) => client.progress.connectionsLost === 0);
      if (untouched === undefined) return;
      await this.#kill(await this.#memberOf(untouched));
    }
    throw new Error(`after ${MAX_FURTHER_KILLS} further kills a client has its first connection still`);
  }

  /** Ends the clients. Resolves with what each came to. */
  end(): Promise<Account[]> {
    return Promise.all(this.#participants.map((participant) => this.#end(participant)));
  }

  async #kill(member: Member): Promise<void> {
    await member.kill();
    this.kills += 1;
    // These find clients that are away, or come back from it.
    await this.#change();
    await this.#all((client) => client.goesOn());
    // And these such as have left their watches anew.
    await this.#change();
    await this.#changeTrees();
    member.start();
    await member.serving(SERVING_TIMEOUT_MS);
    await this.#all((client) => client.goesOn());
    await this.#sessionsStand();
  }

  /** Resolves once each client has been told of a change of each thing that it watches, and has found what was changed. */
  async #change(): Promise<void> {
    this.#changes += 1;
    const number = this.#changes;
    const isThere = number % 2 === 1;
    await this.#all(async (client) => {
      await this.#observer.set(`${client.path}/data`, `change-${number}`);
      await this.#observer.create(`${client.path}/listed/${number}`);
      if (isThere) await this.#observer.create(`${client.path}/absent`);
      else await this.#observer.delete(`${client.path}/absent`);
      await client.hears('data', number, `change-${number}`);
      await client.hears('listed', number, String(number));
      await client.hears('absent', number, isThere ? 'there' : 'gone');
    });
  }

  /** A watch of a tree is not told of what happens while its connection is away, with Apache ZooKeeper neither. */
  async #changeTrees(): Promise<void> {
    this.#treeChanges += 1;
    const number = this.#treeChanges;
    await this.#all(async (client) => {
      if (!client.kind.keepsTreeWatch) return;
      const path = `${client.path}/tree/${number}`;
      await this.#observer.create(path);
      await client.hears('tree', number, path);
    });
  }

  async #sessionsStand(): Promise<void> {
    await Promise.all(
      this.#participants.map(async ({ client, own }) => {
        const now = await this.#observer.ephemeral(`${client.path}/own`);
        assert.deepEqual(now, own, `the ephemeral node of ${client.name} is gone, or another one`);
      }),
    );
  }

  async #end({ client, checks, session, own }: Participant): Promise<Account> {
    assert.deepEqual(await this.#observer.ephemeral(`${client.path}/own`), own);
    const end = await client.end();
    assert.equal(sameId(end.session), sameId(session), `the session of ${client.name} is another one`);
    assert.equal(end.sessionsLost, 0, `${client.name} was told that its session has expired`);
    assert.equal(
      await this.#observer.ephemeral(`${client.path}/own`),
      undefined,
      `the ephemeral node of ${client.name} has outlived its session`,
    );
    for (const watch of ['data', 'listed', 'absent'])
      assert.equal(client.heard(watch), this.#changes, `how often ${watch} of ${client.name} fired`);
    const { writes, longestGapMs, connectionsLost } = end;
    const lost = await lostWrites(this.#observer, client, writes);
    return { client, checks, writes, lost, longestGapMs, connectionsLost };
  }

  async #memberOf({ client, session }: Participant): Promise<Member> {
    for (const member of this.#ensemble.members) {
      const connections = (await fourLetterWord(member.endpoint, 'cons')) ?? '';
      for (const [, id = ''] of connections.matchAll(/sid=0x([0-9a-f]+)/g))
        if (sameId(id) === sameId(session)) return member;
    }
    throw new Error(`no member knows of a connection of ${client.name}`);
  }

  async #all(work: (client: LibraryClient) => Promise<void>): Promise<void> {
    await Promise.all(this.#participants.map(({ client }) => work(client)));
  }
}

export function observerOf({ members }: Ensemble): Observer {
  return new Observer(() => members.filter(({ alive }) => alive).map(({ endpoint }) => endpoint));
}

/** The numbers of those that were acknowledged and are not there. */
export async function lostWrites(
  observer: Observer,
  client: LibraryClient,
  writes: number,
): Promise<number[]> {
  const there = new Set(await observer.children(`${client.path}/writes`));
  return Array.from({ length: writes }, (_, index) => index + 1).filter(
    (number) => !there.has(String(number)),
  );
}
