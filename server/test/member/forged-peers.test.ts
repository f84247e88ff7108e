import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import { writeOutdated } from '../../src/replica/peers/peer-frames.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { freePort } from '../platform/ports.ts';
import { greeting, preamble } from '../platform/preamble.ts';
import { RawSocket } from '../platform/raw-socket.ts';
import { frameOf, greetingOf, helloOf } from '../replica/hellos.ts';
import { Forger, type ForgerOptions, peerAddress, WatchfulWriter } from './forger.ts';
import { hostOf, PeerCertificates } from './peer-certificates.ts';

const SECRET = 'a-secret-of-some-length';
const OTHER_SECRET = 'another-secret-as-long';
const MEMBERS = [1, 2, 3];
const WRITES_MEANWHILE = 200;

/** What members prove to one another. */
type Protection = 'nothing' | 'a join secret' | 'certificates' | 'certificates and a join secret';

let ensemble: TestEnsemble;
let certificates: PeerCertificates | undefined;
const forgers: Forger[] = [];
const sockets: RawSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const forger of forgers.splice(0)) await forger.stop();
  await ensemble.stop();
  await certificates?.remove();
  certificates = undefined;
});

async function start(protection: Protection): Promise<void> {
  const secrets = protection.includes('join secret') ? [SECRET] : [];
  const shown = protection.includes('certificates') ? await PeerCertificates.create(MEMBERS) : undefined;
  certificates = shown;
  ensemble = await TestEnsemble.start(
    MEMBERS.length,
    (serverId) => ({
      peer: { host: hostOf(serverId), secrets, takesUnproved: secrets.length === 0 },
      tls: shown === undefined ? {} : { peer: shown.configOf(`member-${serverId}`) },
    }),
    {},
    hostOf,
  );
}

/** Poses as that member. */
async function forge(serverId: number, options: Omit<ForgerOptions, 'port'>): Promise<Forger> {
  const forger = new Forger(serverId, { port: await freePort(), ...options });
  forgers.push(forger);
  return forger;
}

function identities(): string[] {
  return ensemble.members.map(({ member }) => JSON.stringify(member.running?.identity));
}

function outdated(clusterId: string): Uint8Array {
  const outbox = new Outbox(1_000_000);
  writeOutdated(outbox, { clusterId, term: 2 ** 40 });
  return outbox.takeBytes();
}

/** What nobody who attacks may change: who leads in which term, who the members are, which links stand. Then what was written is there. */
class Standing {
  readonly #identities = identities();
  readonly #leader = ensemble.leader.serverId;
  readonly #term = this.#raft.term;
  readonly #cuts = ensemble.members.map(({ member }) => vi.spyOn(member, 'linkDown'));
  readonly #writer: WatchfulWriter;

  constructor(writer: WatchfulWriter) {
    this.#writer = writer;
  }

  static async begin(): Promise<Standing> {
    return new Standing(await WatchfulWriter.at(ensemble, ensemble.leader));
  }

  /** @returns what is told of it: the longest time in which nothing was acknowledged */
  async end(): Promise<string> {
    await this.#writer.more(WRITES_MEANWHILE);
    await this.#writer.end();
    expect(identities()).toEqual(this.#identities);
    expect([ensemble.leader.serverId, this.#raft.term]).toEqual([this.#leader, this.#term]);
    for (const cut of this.#cuts) expect(cut).not.toHaveBeenCalled();
    for (const { log, fatal } of ensemble.members) {
      expect(log.of('warn', 'setting its data aside')).toEqual([]);
      expect(fatal).toBeUndefined();
    }
    const { acknowledged, longestGapMs } = this.#writer;
    for (const member of ensemble.members) {
      const reader = await ensemble.session(member);
      await reader.ask((one) => one.sync('/count'));
      expect(await reader.data('/count')).toBe(String(acknowledged));
    }
    return `${acknowledged} writes were acknowledged; the longest gap between two was ${longestGapMs.toFixed(0)} ms`;
  }

  get #raft() {
    return ensemble.leader.member.running!.replica.raft;
  }
}

test('words that two members at once are outdated, from one who poses as the third, set nobody’s data aside', async () => {
  // Nothing has to be proved: who knows all that the third one says takes its links.
  await start('nothing');
  const [one, two, three] = ensemble.members as [TestMember, TestMember, TestMember];
  const before = identities();
  const { clusterId, raftId } = three.member.running!.identity;
  const forger = await forge(3, { secrets: [] });
  await forger.dial([peerAddress(one), peerAddress(two)]);
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

/** Settles once each of these members has said why it does not take the forger for a member. */
async function refusedBy(members: readonly TestMember[], why: RegExp): Promise<void> {
  const says = ({ log }: TestMember) => log.lines.some(({ fields }) => why.test(String(fields.reason)));
  await until(
    () => members.every(says),
    () => `${why} from each: ${JSON.stringify(members.map(({ log }) => log.lines.slice(-3)))}`,
  );
}

/** As a member without data, whose leader would grant it the cluster's secret. */
async function attack(options: Omit<ForgerOptions, 'port'>, why: RegExp): Promise<string> {
  const standing = await Standing.begin();
  const [one, two] = ensemble.members as [TestMember, TestMember];
  const forger = await forge(3, options);
  await forger.dial([peerAddress(one), peerAddress(two)]);
  await refusedBy([one, two], why);
  const told = await standing.end();
  // Who has a certificate of the cluster hears which server id and which versions answer there, and no more.
  expect([...forger.events.bytes.values()]).toEqual([]);
  return told;
}

describe('who poses as a member is no link, is told nothing, and writers notice nothing', () => {
  test.for([
    ['no secret', []],
    ['another secret', [OTHER_SECRET]],
  ] as const)('with %s, where a join secret is asked for', async ([, secrets], { annotate }) => {
    await start('a join secret');
    await annotate(await attack({ secrets }, /join secret/));
  });

  const shown: readonly (readonly [string, () => Promise<Issued | undefined>, RegExp])[] = [
    ['no certificate', async () => undefined, /does not speak TLS/],
    ['one of another cluster', elsewhere, /certificate is not accepted/],
    ['one that has ended', () => certificates!.of(3, undefined, Date.now() - 1_000), /CERT_HAS_EXPIRED/],
    [
      'one that nobody else vouches for',
      () => Authority.selfSigned({ subject: 'CN=member', ip: [hostOf(3)] }),
      /certificate is not accepted: DEPTH_ZERO_SELF_SIGNED_CERT/,
    ],
    // The strongest stranger: it has broken into another member, or is one.
    ['a valid one of another member', () => certificates!.of(2), /127\.0\.0\.3 is not in the cert's list/],
  ];

  test.for(shown)('with %s, where certificates are asked for', async ([, issue, why], { annotate }) => {
    await start('certificates');
    const issued = await issue();
    const tls = issued && (await certificates!.identity('forger', issued));
    await annotate(await attack({ secrets: [], tls }, why));
  });

  test('with one of an authority that was trusted until a moment ago', async ({ annotate }) => {
    await start('certificates');
    const { authority, former } = certificates!;
    const issued = await certificates!.of(3, former);
    const tls = await certificates!.identity('forger', issued);
    await certificates!.trust(authority);
    for (const { peerIdentity } of ensemble.members) await peerIdentity!.reload();
    await annotate(await attack({ secrets: [], tls }, /certificate is not accepted/));
  });

  test('with a valid certificate of the member, but not the join secret', async ({ annotate }) => {
    await start('certificates and a join secret');
    const tls = await certificates!.identity('forger', await certificates!.of(3));
    await annotate(await attack({ secrets: [OTHER_SECRET], tls }, /does not prove the join secret/));
  });
});

async function elsewhere(): Promise<Issued> {
  const other = await Authority.create('CN=cluster');
  return other.issue({ subject: 'CN=member', ip: [hostOf(3)] });
}

/** Somebody at the peer port who says what it likes. @param shown over TLS, with this certificate */
async function stranger(member: TestMember, shown?: Issued): Promise<RawSocket> {
  const { host, port } = peerAddress(member);
  if (shown === undefined) {
    const raw = await RawSocket.to(port, host);
    sockets.push(raw);
    return raw;
  }
  const { certificate: cert, privateKey: key } = shown;
  const raw = new RawSocket(connectTls({ host, port, cert, key, rejectUnauthorized: false }));
  sockets.push(raw);
  await new Promise((resolve) => raw.socket.once('secureConnect', resolve).once('close', resolve));
  return raw;
}

describe('whatever is said at the peer ports, however many come, ends nobody and cuts nobody off', () => {
  const attempts: readonly (readonly [string, Protection, (() => Promise<Issued>) | undefined])[] = [
    ['without the join secret', 'a join secret', undefined],
    ['without TLS', 'certificates', undefined],
    ['by TLS, with a certificate of another cluster', 'certificates', elsewhere],
    ['by TLS, with a valid certificate of no member', 'certificates', () => certificates!.of(9)],
  ];

  test.for(attempts)('%s, where members have %s', async ([, protection, issue], { annotate }) => {
    await start(protection);
    const standing = await Standing.begin();
    const { clusterId, raftId } = ensemble.members[2]!.member.running!.identity;
    const hello = greetingOf(helloOf(3, { clusterId, raftId, started: true, running: true }));
    const words = [
      Buffer.alloc(64, 0xff),
      greeting(3, 1),
      // An empty hello, a command, and that both others are outdated.
      Buffer.concat([preamble(3, 1), Buffer.alloc(4)]),
      Buffer.concat([greeting(3, 2), frameOf(4, 1, 2, 3)]),
      Buffer.concat([preamble(3, 1), hello, outdated(clusterId)]),
      Buffer.concat([preamble(3, 2), hello, outdated(clusterId)]),
      Buffer.concat([greeting(2, 1), Buffer.alloc(100_000, 1)]),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(0),
    ];
    const shown = await issue?.();
    for (let round = 0; round < 3 * words.length; round++) {
      const come = await Promise.all(ensemble.members.map((member) => stranger(member, shown)));
      for (const socket of come) socket.write(words[round % words.length]!);
    }
    await annotate(await standing.end());
    // What is said to a stranger: a preamble and a nonce, and not a word of the cluster's.
    for (const socket of sockets) expect(socket.receivedBytes).toBeLessThanOrEqual(20 + 32);
    expect(sockets).toHaveLength(3 * 3 * words.length);
  });
});
