import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '@rookery/kube/objects';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testPorts } from '../../../kube/test/manual-time.ts';
import { startWorld } from '../../../kube/test/world.ts';
import { freePort } from '../../../server/test/platform/ports.ts';
import { Random } from '../../../testkit/src/random.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { endOfOrdinals, type MemberReport, type StatefulSet } from '../../src/model/observed.ts';
import { memberClient } from '../../src/observe/member-client.ts';
import {
  CERTIFICATES_PATH,
  ClusterWorld,
  podPath,
  READ_SET_PATH,
  type Replica,
  SECRET_PATH,
  SET_PATH,
} from '../reconcile/cluster-world.ts';
import { FakeMember } from '../reconcile/fake-members.ts';
import { MemberInPod } from './member-in-pod.ts';

const SPEC = { replicas: 1 } as const;
const CONFIG_MAPS = '/api/v1/namespaces/ns/configmaps';
/** Real members follow their files by the second. */
const LOOK_MS = 200;
const MOST_LOOKS = 150;

let folder: string;
let member: MemberInPod;
let reader: MemberInPod;
let world: ClusterWorld;
let replica: Replica;

async function podOf(ordinal: number): Promise<MemberInPod> {
  const ports = { client: await freePort(), peer: await freePort(), http: await freePort() };
  return new MemberInPod(ordinal, join(folder, String(ordinal)), ports);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-readers-'));
  member = await podOf(0);
  reader = await podOf(100);
  const kube = await startWorld(testPorts(new Random(1)));
  // Certificates are looked at by the time of this machine.
  kube.time.wallSkewMs = Date.now() - kube.time.wallMs();
  // Nothing is proved here.
  world = new ClusterWorld(kube, {
    members: [member] as unknown as readonly FakeMember[],
    readers: [reader] as unknown as readonly FakeMember[],
    prover: new FakeMember(),
  });
  replica = world.replica();
});

afterEach(async () => {
  await Promise.all([member, reader].map((each) => each.kill()));
  rmSync(folder, { recursive: true, force: true });
});

const stored = (path: string): KubeObject | undefined => world.world.server.objects.get(path);

/** As kubelets start it, by the StatefulSet and the settings that the operator has made. */
function start(pod: MemberInPod, setPath: string, settings: string): void {
  pod.mount('/etc/rookery-admin', stored(SECRET_PATH)!);
  pod.mount('/etc/rookery-tls', stored(CERTIFICATES_PATH)!);
  const maps = world.world.server.objects.list(CONFIG_MAPS);
  const config = maps.find(({ metadata }) => metadata.name.startsWith(settings)) as unknown as {
    data: Record<string, string>;
  };
  pod.start(stored(setPath) as StatefulSet, config.data['rookery.yaml']!, (ordinal) =>
    ordinal === 0 ? member.ports : reader.ports,
  );
  world.startPod(pod.ordinal);
}

/** Lets operator, kubelets and members work until it holds. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    await world.quiet(replica);
    world.seenSet();
    world.seenSet(READ_SET_PATH);
    if (holds()) return;
    if (stored(CERTIFICATES_PATH) !== undefined)
      for (const pod of [member, reader]) pod.mount('/etc/rookery-tls', stored(CERTIFICATES_PATH)!);
    world.world.time.advance(2_000);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const said = [member, reader].map(({ output }) => output.slice(-2_000)).join('\n');
  throw new Error(`waited in vain for ${what}: ${JSON.stringify(world.cluster?.status)}\n${said}`);
}

const asked = (pod: MemberInPod): Promise<MemberReport> =>
  memberClient(world.world.scheduler, () => pod.address)(
    '',
    'the-token-of-the-members',
    AbortSignal.timeout(5_000),
  );

const clientOf = (pod: MemberInPod): Promise<ClientSession> =>
  ClientSession.connect({ host: '127.0.0.1', port: pod.ports.client });

// Each read replica has an address of its own, which other systems do not have on their own account.
test.skipIf(process.platform !== 'linux')(
  'a real member that the operator adds as a read replica serves clients over TLS between members, never votes, and leaves as it came',
  async () => {
    world.writeCluster(SPEC);
    await until(() => stored(SET_PATH) !== undefined, 'the StatefulSet');
    start(member, SET_PATH, 'zk-config-');
    await until(() => world.phase === 'Ready', 'a member');
    const writer = await clientOf(member);
    await writer.create('/before', Buffer.from('x'));

    world.writeCluster({ ...SPEC, readReplicas: 1 });
    await until(() => endOfOrdinals(stored(READ_SET_PATH) as StatefulSet | undefined) === 101, 'its place');
    start(reader, READ_SET_PATH, 'zk-read-config-');
    await until(() => reader.output.includes('serving clients'), 'the read replica');
    await until(() => world.conditionReason('ReadReplicasReady') === 'AllReady', 'the condition');
    expect(await asked(reader)).toMatchObject({ answer: { role: 'learner', serverId: 101 } });
    expect(await asked(member)).toMatchObject({
      answer: {
        role: 'leader',
        members: [{ serverId: 1 }],
        readReplicas: [{ serverId: 101, role: 'learner' }],
      },
    });
    const client = await clientOf(reader);
    await client.create('/handed-on', Buffer.from('y'));
    await until(() => world.conditionReason('TLSReady') === 'InForce', 'its certificate');

    world.writeCluster(SPEC);
    await until(() => endOfOrdinals(stored(READ_SET_PATH) as StatefulSet | undefined) === 100, 'its end');
    await reader.kill();
    world.world.server.objects.remove(podPath(100));
    await until(() => world.conditionReason('ReadReplicasReady') === 'NoneWanted', 'nothing to be left');
    expect(stored(READ_SET_PATH)).toBeUndefined();
    expect(await asked(member)).not.toHaveProperty('answer.readReplicas');
    await writer.create('/after', Buffer.from('x'));
  },
);
