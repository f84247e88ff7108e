import assert from 'node:assert/strict';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Context } from '../scenario.ts';
import {
  AUTHORITY_NAMES,
  Authorities,
  type AuthorityName,
  type Credentials,
  clientTls,
} from './credentials.ts';
import { Holder, type Step } from './holder.ts';
import { whyNot } from './member-shows.ts';
import type { RotatingClient } from './rotating-client.ts';

const ROOT = '/tls-rotation';
const SERVER_IDS = [1, 2, 3] as const;
const START: Step = { name: 'start', issuer: 'old', trusted: ['old'] };
/** What is put into the members' folder is in use so soon. */
const MAX_RELOAD_MS = 5_000;
/** A client that is not woken for what has come finds it when its next ping is answered, 5 s later. */
const MAX_GAP_MS = 4_000;
const LOOK_MS = 100;

interface Participant {
  readonly holder: Holder;
  readonly client: RotatingClient;
  /** When its ephemeral node was made. */
  readonly czxid: number;
}

interface Parts {
  readonly ensemble: Ensemble;
  /** Each shows its own certificate to clients and to other members. */
  readonly members: readonly Holder[];
  /** Whoever shows a certificate of either authority, and trusts both. */
  readonly probes: Readonly<Record<AuthorityName, Credentials>>;
  readonly outsider: Holder;
  /** Speaks without TLS, so that nothing is replaced under it. */
  readonly observer: ClientSession;
  readonly participants: readonly Participant[];
}

/** Members and clients whose certificates are replaced while all of them go on. */
export class Rotation {
  readonly #parts: Parts;
  #longestReloadMs = 0;
  #steps = 0;

  /** Made by its static function alone. */
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts three members, and these clients of them. */
  static async start(context: Context, clients: readonly RotatingClient[]): Promise<Rotation> {
    const authorities = await Authorities.create(context);
    const holder = async (name: string): Promise<Holder> => {
      const made = new Holder(name, context.folder, authorities);
      await made.take(START);
      return made;
    };
    const probe = async (by: AuthorityName): Promise<Credentials> => ({
      shown: await authorities.issue(`probe-of-${by}-authority`, by),
      trusted: authorities.of(AUTHORITY_NAMES),
    });
    const probes = { old: await probe('old'), new: await probe('new') };
    const members = await Promise.all(SERVER_IDS.map((serverId) => holder(`member-${serverId}`)));
    const ensemble = await context.startEnsemble({
      size: SERVER_IDS.length,
      tls: {
        configLines: ['sslQuorum=true', 'ssl.clientAuth=need'],
        linesOf: (serverId) => {
          const { folder } = members[serverId - 1]!;
          return ['ssl', 'ssl.quorum'].flatMap((prefix) => [
            `${prefix}.keyStore.location=${folder}/tls.pem`,
            `${prefix}.trustStore.location=${folder}/ca.pem`,
          ]);
        },
        client: clientTls(probes.old),
      },
    });
    const observer = await ClientSession.connect(ensemble.endpoints[0]!);
    await observer.create(ROOT, Buffer.from(''));
    await observer.create(`${ROOT}/step`, Buffer.from(START.name));
    const hosts = connectString(ensemble.members.map((member) => member.clientEndpoint));
    const participants = await Promise.all(
      clients.map(async (client) => {
        const own = await holder(client.name);
        await client.start(hosts, own.folder);
        await observer.sync(ROOT);
        const { stat } = await observer.get(`${ROOT}/${client.name}`);
        return { holder: own, client, czxid: stat.czxid };
      }),
    );
    const outsider = await holder('outsider');
    await outsider.take({ name: 'outside', trusted: AUTHORITY_NAMES });
    return new Rotation({ ensemble, members, probes, outsider, observer, participants });
  }

  /** Replaces everybody's files, and makes sure that new connections follow them and that the others go on. Resolves with what it saw. */
  async take(step: Step): Promise<string> {
    const { members, participants, observer } = this.#parts;
    for (const { holder } of participants) await holder.take(step);
    for (const member of members) await member.take(step);
    const reloadMs = await this.#membersFollow(step.trusted);
    await observer.set(`${ROOT}/step`, Buffer.from(step.name));
    await Promise.all(
      participants.map(async ({ holder, client }) => {
        await client.hasSeen(step.name);
        await client.goesOn();
        await client.connects(holder.folder);
      }),
    );
    await this.#sessionsStand();
    this.#longestReloadMs = Math.max(this.#longestReloadMs, reloadMs);
    this.#steps += 1;
    return `${step.name}: in use after ${reloadMs} ms`;
  }

  /**
   * Who still shows a certificate of the old authority is refused. Ends the clients, then restarts each member, so that all of them shake hands anew;
   * resolves with the account of all.
   */
  async end(): Promise<string> {
    const { participants, outsider, observer } = this.#parts;
    await Promise.all(
      participants.map(async ({ holder, client }) => {
        await client.isRefused(outsider.folder);
        await client.connects(holder.folder);
        await client.goesOn();
      }),
    );
    await this.#sessionsStand();
    const ends = await Promise.all(
      participants.map(async ({ client }) => ({ name: client.name, ...(await client.end()) })),
    );
    await observer.close();
    await this.#membersShakeHands();
    const writes = ends.map((end) => `${end.name} ${end.writes} (longest gap ${end.longestGapMs} ms)`);
    for (const { name, longestGapMs } of ends) {
      const gap = `${name} waited ${longestGapMs} ms for a write to be acknowledged`;
      assert.ok(longestGapMs < MAX_GAP_MS, `${gap}: was it woken for each message?`);
    }
    const lost = (of: 'connectionsLost' | 'sessionsLost'): number =>
      ends.reduce((sum, end) => sum + end[of], 0);
    const losses = `connections lost ${lost('connectionsLost')}, sessions lost ${lost('sessionsLost')}`;
    return `${this.#steps} replacements, each in use within ${this.#longestReloadMs} ms; writes: ${writes.join(', ')}; ${losses}`;
  }

  /** One after the other, each of them finds its way back among the others with what they show and trust by now. */
  async #membersShakeHands(): Promise<void> {
    const { ensemble } = this.#parts;
    for (const member of ensemble.members) {
      await member.stop();
      member.start();
      await ensemble.serving();
    }
    await ensemble.leader();
  }

  /** Resolves with how long it took all of them to show and to trust what their files say. */
  async #membersFollow(trusted: readonly AuthorityName[]): Promise<number> {
    const { ensemble, members, probes } = this.#parts;
    const expectation = {
      served: trusted.map((name) => probes[name]),
      refused: AUTHORITY_NAMES.filter((name) => !trusted.includes(name)).map((name) => probes[name]),
    };
    const startMs = performance.now();
    const follows = async (member: Ensemble['members'][number]): Promise<void> => {
      for (;;) {
        const askedMs = performance.now() - startMs;
        const complaint = await whyNot(member, {
          ...expectation,
          serial: members[member.serverId - 1]!.serial,
        });
        if (complaint === undefined) return;
        assert.ok(askedMs < MAX_RELOAD_MS, `${complaint}, ${MAX_RELOAD_MS} ms after the files were replaced`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    };
    await Promise.all(ensemble.members.map(follows));
    return Math.round(performance.now() - startMs);
  }

  /** The ephemeral nodes are those that the clients made in the beginning. */
  async #sessionsStand(): Promise<void> {
    const { observer, participants } = this.#parts;
    await observer.sync(ROOT);
    for (const { holder, czxid } of participants) {
      const { stat } = await observer.get(`${ROOT}/${holder.name}`);
      assert.equal(stat.czxid, czxid, `the ephemeral node of ${holder.name} was made anew`);
    }
  }
}
