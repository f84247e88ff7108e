import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testPorts } from '../../../kube/test/manual-time.ts';
import { startWorld } from '../../../kube/test/world.ts';
import { freePort } from '../../../server/test/platform/ports.ts';
import { Random } from '../../../testkit/src/random.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { ROTATE_CA_ANNOTATION } from '../../src/model/cluster-names.ts';
import type { StatefulSet } from '../../src/model/observed.ts';
import { textIn } from '../../src/observe/tls-secrets.ts';
import {
  AUTHORITY_PATH,
  CERTIFICATES_PATH,
  ClusterWorld,
  type Replica,
  SECRET_PATH,
  SET_PATH,
} from '../reconcile/cluster-world.ts';
import { FakeMember } from '../reconcile/fake-members.ts';
import { MemberInPod, type MemberPorts } from './member-in-pod.ts';

const SPEC = {
  tls: { client: { mode: 'Required', hostnames: ['127.0.0.1'] }, caOverlap: '30s' },
} as const;
const CONFIG_MAPS = '/api/v1/namespaces/ns/configmaps';
/** Real members follow their files by the second. */
const LOOK_MS = 200;
const MOST_LOOKS = 150;

let folder: string;
let members: MemberInPod[];
let world: ClusterWorld;
let replica: Replica;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-pods-'));
  const ports: MemberPorts[] = [];
  for (let count = 0; count < 3; count++)
    ports.push({ client: await freePort(), peer: await freePort(), http: await freePort() });
  members = ports.map((own, ordinal) => new MemberInPod(ordinal, join(folder, String(ordinal)), own));
  const kube = await startWorld(testPorts(new Random(1)));
  // Certificates are looked at by the time of this machine.
  kube.time.wallSkewMs = Date.now() - kube.time.wallMs();
  // Nothing is proved here, and nobody only reads.
  world = new ClusterWorld(kube, {
    members: members as unknown as readonly FakeMember[],
    readers: [],
    prover: new FakeMember(),
  });
  replica = world.replica();
});

afterEach(async () => {
  await Promise.all(members.map((member) => member.kill()));
  rmSync(folder, { recursive: true, force: true });
});

const stored = (path: string) => world.world.server.objects.get(path);
const authority = (): string => textIn(stored(AUTHORITY_PATH)!, 'tls.crt');
const bundle = (): string => textIn(stored(CERTIFICATES_PATH)!, 'ca.crt');

/** As clients find it. */
const published = (): string =>
  (stored(`${CONFIG_MAPS}/zk-ca`) as unknown as { data: Record<string, string> }).data['ca.crt']!;

function mountAll(member: MemberInPod): void {
  member.mount('/etc/rookery-admin', stored(SECRET_PATH)!);
  member.mount('/etc/rookery-tls', stored(CERTIFICATES_PATH)!);
}

function start(member: MemberInPod): void {
  mountAll(member);
  const set = stored(SET_PATH) as StatefulSet;
  const config = world.world.server.objects
    .list(CONFIG_MAPS)
    .find(({ metadata }) => metadata.name.startsWith('zk-config-')) as unknown as {
    data: Record<string, string>;
  };
  member.start(set, config.data['rookery.yaml']!, (ordinal) => members[ordinal]!.ports);
  world.startPod(member.ordinal);
}

/** Lets operator, kubelets and members work until it holds. */
async function until(holds: () => boolean, what: string): Promise<void> {
  let mounted = stored(CERTIFICATES_PATH)?.metadata.resourceVersion;
  for (let look = 0; look < MOST_LOOKS; look++) {
    await world.quiet(replica);
    world.seenSet();
    if (holds()) return;
    const now = stored(CERTIFICATES_PATH)?.metadata.resourceVersion;
    if (now !== mounted)
      for (const member of members) member.mount('/etc/rookery-tls', stored(CERTIFICATES_PATH)!);
    mounted = now;
    world.world.time.advance(2_000);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const said = members.map(({ output }) => output.slice(-2_000)).join('\n');
  throw new Error(`waited in vain for ${what}: ${JSON.stringify(world.cluster?.status)}\n${said}`);
}

const clientOf = (member: MemberInPod): Promise<ClientSession> =>
  ClientSession.connect({ host: '127.0.0.1', port: member.ports.client, tls: { ca: published() } });

/** What comes back on a connection without TLS; empty: it was closed. */
async function plainly(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write('ROOKPEER and whatever else');
  let heard = '';
  try {
    for await (const chunk of socket) heard += String(chunk);
  } catch {
    // A reset is one way to close it.
  }
  return heard;
}

/** Whose name the certificate at the port for members proves, to who trusts the bundle. */
function provedAt(member: MemberInPod, name: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls(
      { host: '127.0.0.1', port: member.ports.peer, servername: name, ca: bundle() },
      () => {
        resolve(socket.authorized ? 'proved' : String(socket.authorizationError));
        socket.destroy();
      },
    );
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  });
}

test('real members speak TLS by what the operator makes, and one authority follows another under a client without a restart', async () => {
  world.writeCluster(SPEC);
  await until(() => stored(SET_PATH) !== undefined, 'the StatefulSet');
  for (const member of members) start(member);
  await until(
    () => world.conditionReason('TLSReady') === 'InForce' && world.phase === 'Ready',
    'members with TLS',
  );

  expect(await plainly(members[0]!.ports.peer)).toBe('');
  expect(await provedAt(members[0]!, 'zk-peer-0.ns.svc')).toBe('proved');
  expect(await provedAt(members[0]!, 'zk-peer-1.ns.svc')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');

  const client = await clientOf(members[1]!);
  await client.create('/before', Buffer.from('x'));
  const pids = members.map(({ pid }) => pid);
  const former = authority();
  world.annotate({ [ROTATE_CA_ANNOTATION]: 'today' });
  await until(
    () =>
      authority() !== former && bundle() === authority() && world.conditionReason('TLSReady') === 'InForce',
    'another authority',
  );
  expect(members.map(({ pid }) => pid)).toEqual(pids);
  expect(client.socket.destroyed).toBe(false);
  await client.create('/after', Buffer.from('x'));

  // What is new trusts the new one alone: a client, and a member that comes back.
  expect(published()).toBe(authority());
  const later = await clientOf(members[2]!);
  await later.create('/later', Buffer.from('x'));
  await members[0]!.kill();
  start(members[0]!);
  const before = members[0]!.output.length;
  await until(
    () => members[0]!.output.slice(before).includes('serving clients'),
    'the member that came back',
  );
  await until(() => world.conditionReason('TLSReady') === 'InForce', 'its certificate');
});
