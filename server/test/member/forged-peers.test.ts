import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import { writeOutdated } from '../../src/replica/peers/peer-frames.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { LinkEvents } from '../platform/link-events.ts';
import { openPeers } from '../platform/peer-ports.ts';
import { freePort } from '../platform/ports.ts';
import { greeting } from '../platform/preamble.ts';
import { RawSocket } from '../platform/raw-socket.ts';
import { frameOf, greetingOf, helloOf } from '../replica/hellos.ts';

const SECRET = 'a-secret-of-some-length';

let ensemble: TestEnsemble;
const forgers: Forger[] = [];

afterEach(async () => {
  for (const forger of forgers.splice(0)) await forger.stop();
  await ensemble.stop();
});

/** A process that poses as a member: it knows the addresses, the cluster's id and everybody's Raft id, and whichever secret it is given. */
class Forger {
  readonly events: LinkEvents;
  readonly #transport: PeerTransport;

  constructor(serverId: number, port: number, secrets: readonly string[]) {
    const address = { host: '127.0.0.1', port };
    const proofs = { ...openPeers, secrets: new JoinSecrets(secrets), takesUnproved: secrets.length === 0 };
    this.#transport = new PeerTransport({ ...proofs, serverId, address }, new KeptLog());
    this.events = new LinkEvents(serverId, () => this.#transport);
    forgers.push(this);
  }

  async dial(victims: readonly TestMember[]): Promise<void> {
    await this.#transport.start(this.events);
    this.#transport.connectTo(
      victims.map(({ serverId, config }) => ({
        serverId,
        host: '127.0.0.1',
        port: config.members.find((member) => member.serverId === serverId)!.peerPort,
      })),
    );
  }

  say(serverId: number, bytes: Uint8Array): void {
    this.#transport.send(serverId, bytes);
  }

  stop(): Promise<void> {
    return this.#transport.stop();
  }
}

/** A client that goes on writing; what was acknowledged. */
async function writer(member: TestMember): Promise<{ acknowledged: () => number; end: () => Promise<void> }> {
  const client = await ensemble.session(member);
  await client.ask((one) => one.create('/count', '0'));
  let acknowledged = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      const { err } = await client.ask((one) => one.set('/count', String(acknowledged + 1)));
      if (err !== 0) throw new Error(`a write was answered ${err}`);
      acknowledged++;
    }
  })();
  return {
    acknowledged: () => acknowledged,
    end: async () => {
      isOver = true;
      await writing;
    },
  };
}

function identities(): string[] {
  return ensemble.members.map(({ member }) => JSON.stringify(member.running?.identity));
}

function outdated(clusterId: string): Uint8Array {
  const outbox = new Outbox(1_000_000);
  writeOutdated(outbox, { clusterId, term: 2 ** 40 });
  return outbox.takeBytes();
}

async function goesOn(acknowledged: () => number, more: number): Promise<void> {
  const before = acknowledged();
  await until(() => acknowledged() >= before + more);
}

function peerPort(member: TestMember): number {
  return member.config.members.find(({ serverId }) => serverId === member.serverId)!.peerPort;
}

test('words that two members at once are outdated, from one who poses as the third, set nobody’s data aside', async () => {
  // Nothing has to be proved: who knows all that the third one says takes its links.
  ensemble = await TestEnsemble.start(3);
  const [one, two, three] = ensemble.members as [TestMember, TestMember, TestMember];
  const before = identities();
  const { clusterId, raftId } = three.member.running!.identity;
  const forger = new Forger(3, await freePort(), []);
  await forger.dial([one, two]);
  const hello = greetingOf(helloOf(3, { clusterId, raftId, started: true, running: true }));
  for (let round = 1; round <= 3; round++) {
    await Promise.all([forger.events.until('up 1', round), forger.events.until('up 2', round)]);
    for (const victim of [1, 2]) {
      forger.say(victim, hello);
      for (let i = 0; i < 100; i++) forger.say(victim, outdated(clusterId));
    }
    // The true one takes its links back.
    await Promise.all([forger.events.until('down 1', round), forger.events.until('down 2', round)]);
  }
  await forger.stop();
  await ensemble.settled();
  const client = await ensemble.session(ensemble.leader);
  expect((await client.ask((asker) => asker.create('/after'))).err).toBe(0);
  expect(identities()).toEqual(before);
  for (const { log } of ensemble.members) expect(log.of('warn', 'setting its data aside')).toEqual([]);
});

describe('with a join secret, who does not know it', () => {
  const peer = { host: '127.0.0.1', secrets: [SECRET], takesUnproved: false };

  test.each([
    ['none', []],
    ['another one', ['another-secret-as-long']],
  ])(
    '(it has %s) is no link, learns no secret of the cluster, and writers notice nothing',
    async (_what, secrets) => {
      ensemble = await TestEnsemble.start(3, { peer });
      const [one, two, three] = ensemble.members as [TestMember, TestMember, TestMember];
      const load = await writer(ensemble.leader);
      const before = identities();
      const leads = ensemble.leader.serverId;
      // As a member without data: its leader would grant it the cluster's secret.
      const forger = new Forger(3, await freePort(), secrets);
      await forger.dial([one, two]);
      const said = () => [one, two].every(({ log }) => log.of('warn', 'does not prove to be one').length > 0);
      await until(said);
      await goesOn(load.acknowledged, 200);
      await load.end();
      expect(forger.events.seen).toEqual([]);
      expect(identities()).toEqual(before);
      expect(ensemble.leader.serverId).toBe(leads);
      expect(three.member.links.isUp(one.serverId) && three.member.links.isUp(two.serverId)).toBe(true);
    },
  );

  test('ends nobody and cuts nobody off, whatever it says at the peer ports, and however many come', async () => {
    ensemble = await TestEnsemble.start(3, { peer });
    const load = await writer(ensemble.leader);
    const before = identities();
    const leads = ensemble.leader.serverId;
    const words = [
      Buffer.alloc(64, 0xff),
      greeting(3, 1),
      Buffer.concat([greeting(3, 2), frameOf(4, 1, 2, 3)]),
      Buffer.concat([greeting(2, 1), Buffer.alloc(100_000, 1)]),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(0),
    ];
    let strangers = 0;
    for (let round = 0; round < 20; round++) {
      const sockets = await Promise.all(ensemble.members.map((member) => RawSocket.to(peerPort(member))));
      for (const socket of sockets) socket.write(words[round % words.length]!);
      strangers += sockets.length;
    }
    await goesOn(load.acknowledged, 200);
    await load.end();
    expect(strangers).toBe(60);
    expect(identities()).toEqual(before);
    expect(ensemble.leader.serverId).toBe(leads);
  });
});
