import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { boundsOf } from '../../src/bounds/bounds.ts';
import { freePort } from '../platform/ports.ts';
import { CountingWriter } from './counting-writer.ts';
import { MemberProcess } from './member-process.ts';
import { clientHello, type FloodKind, type FloodOptions, TlsFlood } from './tls-flood.ts';

const bounds = boundsOf({ client: { maxFrameBytes: 1_048_575 } });
/** Of each flood, over all ports. */
const CONNECTIONS = 1_000;
const WRITES_MEANWHILE = 40;
/** What the member may have open at any moment without anybody's doing: a segment that is made, a snapshot. */
const FILES = 2;

let folder: string;
let authority: Authority;
let client: Issued;
let member: MemberProcess;
let httpPort: number;
let securePort: number;
let options: FloodOptions;
let flood: TlsFlood | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-floods-'));
  authority = await Authority.create();
  client = await authority.issue({ subject: 'CN=client' });
  const shown = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
  const stores = join(folder, 'tls');
  mkdirSync(stores);
  writeFileSync(join(stores, 'tls.crt'), shown.certificate);
  writeFileSync(join(stores, 'tls.key'), shown.privateKey);
  writeFileSync(join(stores, 'ca.crt'), authority.certificate);
  securePort = await freePort();
  const peerPort = await freePort();
  const clientPort = await freePort();
  // The voter is alone and so has a quorum; the observer, who never comes, makes it listen for members.
  member = new MemberProcess(join(folder, 'one'), 1, clientPort, [
    'maxClientCnxns=0',
    `server.1=127.0.0.1:${peerPort}:${await freePort()}`,
    `server.2=127.0.0.1:${await freePort()}:${await freePort()}:observer`,
    `secureClientPort=${securePort}`,
    'client.portUnification=true',
    'sslQuorum=true',
    'admin.forceHttps=true',
    ...['ssl', 'ssl.quorum'].flatMap((prefix) => [
      `${prefix}.keyStore.location=${stores}`,
      `${prefix}.trustStore.location=${stores}`,
    ]),
  ]);
  mkdirSync(join(folder, 'one'));
  member.start();
  httpPort = Number(new URL(await member.url()).port);
  await member.serving();
  const foreign = await (await Authority.create('CN=elsewhere')).issue({ subject: 'CN=client' });
  options = { ports: [clientPort, securePort, peerPort, httpPort], hello: await clientHello(), foreign };
});

afterEach(() => flood?.stop());

afterAll(async () => {
  member.cleanUp();
  await member.exited();
  rmSync(folder, { recursive: true, force: true });
});

function credentials() {
  const { certificate: cert, privateKey: key } = client;
  return { ca: authority.certificate, cert, key };
}

/** Over a connection of its own, as a probe comes. */
function probe(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: httpPort, path, ...credentials(), agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`HTTP ${answer.statusCode} from ${path}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

async function metrics(): Promise<(name: string) => number> {
  const text = await probe('/metrics');
  return (name) => {
    const found = new RegExp(`^rookery_${name} (\\d+)$`, 'm').exec(text);
    if (found === null) throw new Error(`/metrics has no ${name}`);
    return Number(found[1]);
  };
}

/** What only floods hold. */
async function held(): Promise<Readonly<Record<string, number>>> {
  const of = await metrics();
  return {
    handshakes: of('tls_handshakes_pending'),
    strangers: of('peer_strangers'),
    // The one by which this is asked is none of the flood's.
    http: of('http_connections') - 1,
    descriptors: readdirSync(`/proc/${member.pid}/fd`).length,
  };
}

const kinds: readonly FloodKind[] = [
  'say nothing',
  'stop in the middle of the ClientHello',
  'send a byte now and then',
  'send garbage behind the ClientHello',
  'are reset before they say anything',
  'are reset in the middle of the ClientHello',
  'go through the handshake and show no certificate',
  'go through the handshake and show one of another authority',
];

test.each(kinds)(
  'connections without end to each port that %s are bounded, writers and probes notice nothing, and the member gets rid of all of them',
  async (kind) => {
    const before = await held();
    const path = `/flood-${kinds.indexOf(kind)}`;
    const writers = await Promise.all([
      CountingWriter.at({ host: '127.0.0.1', port: member.clientPort }, `${path}-plain`),
      CountingWriter.at({ host: '127.0.0.1', port: securePort, tls: credentials() }, `${path}-tls`),
    ]);
    const raging = new TlsFlood(kind, options);
    flood = raging;
    const running = raging.run();
    const most: Record<string, number> = {};
    const look = async (): Promise<void> => {
      for (const [what, count] of Object.entries(await held())) most[what] = Math.max(most[what] ?? 0, count);
      expect(await probe('/health/live')).toContain('live');
    };
    while (raging.begun < CONNECTIONS) await look();
    await Promise.all(writers.map((writer) => writer.more(WRITES_MEANWHILE)));
    await look();
    // A client that comes now is served, too.
    const late = await ClientSession.connect({ host: '127.0.0.1', port: securePort, tls: credentials() });
    await late.get(`${path}-tls`);
    await late.close();
    raging.ebb();
    await running;
    expect(most.handshakes).toBeLessThanOrEqual(2 * bounds.handshakes);
    expect(most.strangers).toBeLessThanOrEqual(bounds.strangers);
    expect(most.http).toBeLessThanOrEqual(bounds.httpConnections);
    expect(raging.begun).toBeGreaterThanOrEqual(CONNECTIONS);
    for (const writer of writers) {
      const { acknowledged } = writer;
      const { value, version } = await writer.end();
      expect(value).toBeGreaterThanOrEqual(acknowledged);
      expect(version).toBe(value);
    }
    for (let after = await held(); ; after = await held()) {
      const isGivenBack = after.handshakes === 0 && after.strangers === 0 && after.http === 0;
      if (isGivenBack && after.descriptors! <= before.descriptors! + FILES) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(raging.closed).toBe(raging.begun);
  },
);
