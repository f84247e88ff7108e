import { promises as files } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { TlsMode } from '../../src/config/tls-config.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { TlsIdentity } from '../../src/tls/tls-identity.ts';
import { PeerPorts, type RunningTransport } from './peer-ports.ts';
import { greeting } from './preamble.ts';

let ports: PeerPorts;
let folder: string;
let cluster: Authority;
let elsewhere: Authority;

beforeEach(async () => {
  ports = new PeerPorts();
  folder = await files.mkdtemp(join(tmpdir(), 'rookery-peer-tls-'));
  cluster = await Authority.create('CN=cluster');
  elsewhere = await Authority.create('CN=elsewhere');
});

afterEach(async () => {
  await ports.end();
  await files.rm(folder, { recursive: true, force: true });
});

const here = { subject: 'CN=member', ip: ['127.0.0.1'] };

/** What a member shows; it trusts the cluster's authority. */
async function identity(
  name: string,
  issued: Issued,
  mode: TlsMode = 'required',
  trusted = cluster.certificate,
) {
  const own = join(folder, `${name}.pem`);
  const authority = join(folder, `${name}-ca.pem`);
  await files.writeFile(own, `${issued.privateKey}${issued.certificate}`);
  await files.writeFile(authority, trusted);
  const config = {
    mode,
    keyStore: { path: own },
    trustStore: { path: authority },
    clientAuth: 'need',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    verifyHostname: false,
    handshakeTimeoutMs: 5_000,
  } as const;
  return new TlsIdentity('members', config, new KeptLog());
}

async function begin(mode: TlsMode = 'required'): Promise<RunningTransport> {
  return ports.begin({ tls: await identity('two', await cluster.issue(here), mode) });
}

/** The first reason that a log gives for what it says. */
async function reasonIn({ log }: RunningTransport, text: RegExp): Promise<string> {
  for (;;) {
    const found = log.lines.find(({ fields }) => text.test(String(fields.reason)));
    if (found !== undefined) return String(found.fields.reason);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('two members with certificates of one authority', () => {
  test('link, and carry bytes both ways in order', async () => {
    const two = await begin();
    const three = await ports.start(3, { tls: await identity('three', await cluster.issue(here)) });
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    const sent = Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 7));
    two.transport.send(3, sent);
    three.transport.send(2, sent);
    expect((await three.events.untilBytes(2, sent.length)).equals(sent)).toBe(true);
    expect((await two.events.untilBytes(3, sent.length)).equals(sent)).toBe(true);
  });

  test('keep their link while what they show is replaced, and show the new one when they link again', async () => {
    const two = await begin();
    const shown = await identity('three', await cluster.issue(here));
    const three = await ports.start(3, { tls: shown });
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    const next = await cluster.issue(here);
    await files.writeFile(join(folder, 'three.pem'), `${next.privateKey}${next.certificate}`);
    await shown.reload();
    expect(shown.shown.serial).toBe(next.serial);
    three.transport.send(2, Buffer.from('still here'));
    await two.events.untilBytes(3, 10);
    expect(two.events.seen).toEqual(['up 3']);
    two.transport.disconnect(3);
    await two.events.until('up 3', 2);
  });

  test('prove the join secret as well, where one is set', async () => {
    const two = await ports.begin({
      tls: await identity('two', await cluster.issue(here)),
      secrets: new JoinSecrets(['a-secret-of-some-length']),
      takesUnproved: false,
    });
    await ports.start(3, {
      tls: await identity('three', await cluster.issue(here)),
      secrets: new JoinSecrets(['another-secret-as-long']),
    });
    expect(await reasonIn(two, /join secret/)).toContain('does not prove the join secret');
    expect(two.events.seen).toEqual([]);
  });
});

describe('who dials with a certificate', () => {
  const refusals: readonly (readonly [string, () => Promise<Issued>, RegExp])[] = [
    ['of another cluster', () => elsewhere.issue(here), /certificate is not accepted/],
    ['that has ended', () => cluster.issue({ ...here, notAfterMs: Date.now() - 1_000 }), /CERT_HAS_EXPIRED/],
    [
      'of another member',
      () => cluster.issue({ subject: 'CN=member', dns: ['member-9.example'] }),
      /127\.0\.0\.1 is not in the cert's list/,
    ],
  ];

  test.each(refusals)(
    '%s is no member: the log says why, and who has the link keeps it',
    async (_what, issue, reason) => {
      const two = await begin();
      const three = await ports.start(3, { tls: await identity('three', await cluster.issue(here)) });
      await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
      await ports.pose(3, { tls: await identity('false', await issue()) });
      expect(await reasonIn(two, reason)).toMatch(reason);
      three.transport.send(2, Buffer.from('still here'));
      await two.events.untilBytes(3, 10);
      expect(two.events.seen).toEqual(['up 3']);
    },
  );

  test('that is self-signed, or of an authority that is trusted no more, is no member', async () => {
    const shown = await identity('two', await cluster.issue(here));
    const two = await ports.begin({ tls: shown });
    await files.writeFile(join(folder, 'two-ca.pem'), elsewhere.certificate);
    await shown.reload();
    await ports.start(3, { tls: await identity('three', await cluster.issue(here)) });
    expect(await reasonIn(two, /certificate is not accepted/)).toBeTruthy();
    expect(two.events.seen).toEqual([]);
  });

  test('none at all, is no member, whatever it says', async () => {
    const two = await begin();
    const plain = await ports.raw();
    plain.write(greeting(3, 2));
    await plain.closed();
    expect(await reasonIn(two, /does not speak TLS/)).toBeTruthy();
    expect(two.events.seen).toEqual([]);
  });
});

test('who answers with a certificate that does not name its host is not the member that was dialled', async () => {
  const two = await begin();
  const wrong = await cluster.issue({ subject: 'CN=member', dns: ['member-9.example'] });
  await ports.start(1, { tls: await identity('one', wrong) });
  expect(await reasonIn(two, /altnames/)).toContain("127.0.0.1 is not in the cert's list");
  expect(two.events.seen).toEqual([]);
});

describe('while all members are changed over to TLS', () => {
  test('one that speaks both links with one that does not speak it yet, whoever dials', async () => {
    const two = await begin('optional');
    const one = await ports.start(1, { tls: undefined });
    const three = await ports.start(3, { tls: undefined });
    await Promise.all([
      two.events.until('up 1'),
      two.events.until('up 3'),
      one.events.until('up 2'),
      three.events.until('up 2'),
    ]);
  });

  test('and with one that speaks nothing else', async () => {
    const two = await begin('optional');
    const one = await ports.start(1, { tls: await identity('one', await cluster.issue(here)) });
    const three = await ports.start(3, { tls: await identity('three', await cluster.issue(here)) });
    await Promise.all([
      two.events.until('up 1'),
      two.events.until('up 3'),
      one.events.until('up 2'),
      three.events.until('up 2'),
    ]);
  });
});
