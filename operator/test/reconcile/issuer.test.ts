import type { KubeObject } from '@rookery/kube/objects';
import { describe, expect, test } from 'vitest';
import { refuse } from '../../../kube/test/api-server.ts';
import { Authority } from '../../../testkit/src/certificates.ts';
import { type AskedCertificate, issueFor } from '../../../testkit/src/stand-in-issuer.ts';
import { textIn } from '../../src/observe/tls-secrets.ts';
import { ClusterWorld, type Replica, SERVICE_PATH, SET_PATH } from './cluster-world.ts';
import { isSettled, signer } from './members-authority.ts';
import { beginEnsemble } from './running-ensemble.ts';

const CERTIFICATES = '/apis/cert-manager.io/v1/namespaces/ns/certificates';
const SECRETS = '/api/v1/namespaces/ns/secrets';
const AUTHORITY = 'zk-issued-authority';
const CLIENTS = 'zk-issued-clients';
const ISSUER = { name: 'company-ca' } as const;
const PEER = { replicas: 3, tls: { peer: { issuer: ISSUER }, caOverlap: '30s' } } as const;

/** What a cluster is given by cert-manager, which the test stands in for. */
class IssuedWorld {
  readonly world: ClusterWorld;
  readonly replica: Replica;
  readonly #root: Authority;

  constructor(world: ClusterWorld, replica: Replica, root: Authority) {
    this.world = world;
    this.replica = replica;
    this.#root = root;
  }

  static async start(hasCertManager = true): Promise<IssuedWorld> {
    const world = await ClusterWorld.start(3);
    return new IssuedWorld(world, world.replica({ hasCertManager }), await Authority.create('CN=company'));
  }

  asked(name: string): (KubeObject & AskedCertificate) | undefined {
    return this.world.world.server.objects.get(`${CERTIFICATES}/${name}`) as KubeObject & AskedCertificate;
  }

  /** The first time, or by a renewal. @returns what the Secret now holds */
  async issue(name: string): Promise<KubeObject> {
    const { server, clock } = this.world.world;
    const asked = this.asked(name)!;
    const data = await issueFor(this.#root, asked, clock.wallMs());
    const metadata = { namespace: 'ns', name };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, data } as KubeObject;
    this.says(name, 'True', 'Certificate is up to date and has not expired');
    return server.objects.put(`${SECRETS}/${name}`, secret);
  }

  says(name: string, status: string, message: string): void {
    const conditions = [{ type: 'Ready', status, message }];
    this.world.world.server.objects.put(`${CERTIFICATES}/${name}`, {
      ...this.asked(name)!,
      status: { conditions },
    } as KubeObject);
  }

  drive(condition: () => boolean, what: string): Promise<void> {
    return this.world.drive(this.replica, condition, what);
  }

  message(type: string): string {
    const { conditions = [] } = this.world.cluster?.status ?? {};
    return conditions.find((condition) => condition.type === type)?.message ?? '';
  }

  get isMade(): boolean {
    return this.world.world.server.objects.get(SET_PATH) !== undefined;
  }
}

describe("an issuer of the members' authority", () => {
  test('is waited for, with what cert-manager says, and no pod is made before; what it renews is trusted before it signs, and no pod is restarted', async () => {
    const issued = await IssuedWorld.start();
    const { world, replica } = issued;
    world.writeCluster(PEER);
    await issued.drive(() => world.conditionReason('Stalled') === 'CertificatesLacking', 'the condition');
    issued.says(AUTHORITY, 'False', 'Issuing certificate as Secret does not exist');
    await issued.drive(() => issued.message('TLSReady').includes('as Secret does not exist'), 'its message');
    expect(issued.isMade).toBe(false);

    await issued.issue(AUTHORITY);
    await issued.drive(() => issued.isMade, 'the StatefulSet');
    const all = beginEnsemble(world, replica, 3);
    await all.until(() => isSettled(all) && world.phase === 'Ready', 'certificates that all members show');
    const first = signer(all);

    // By the same root and under the same name.
    const renewed = textIn(await issued.issue(AUTHORITY), 'tls.crt').trim();
    expect(first).not.toContain(renewed);
    await all.until(() => signer(all).includes(renewed) && isSettled(all), 'the renewed authority');
    expect(all.ensemble.mounts.strangers).toEqual([]);
    expect(all.ensemble.done.filter((done) => done.startsWith('start'))).toHaveLength(3);
    await world.quiet(replica);
    const before = world.writes().length;
    world.world.time.advance(60_000);
    await world.quiet(replica);
    expect(world.writes().slice(before)).toEqual([]);
  });

  test('of an operator that asks nothing of cert-manager: it says what to set, and nothing of cert-manager is touched', async () => {
    const issued = await IssuedWorld.start(false);
    issued.world.writeCluster(PEER);
    await issued.drive(() => issued.message('Stalled').includes('certManager.enabled=true'), 'what to set');
    await issued.world.quiet(issued.replica);
    expect(issued.isMade).toBe(false);
    const { requests } = issued.world.world.server;
    expect(requests.filter(({ path }) => path.includes('cert-manager.io'))).toEqual([]);
  });

  test.each([
    ["cert-manager's types are not there any more", 404, 'NotFound'],
    ['its webhook does not answer', 500, 'InternalError'],
  ] as const)('somebody is told where %s, and it is asked again', async (_where, code, reason) => {
    const issued = await IssuedWorld.start();
    issued.world.world.server.script(
      ({ path, method }) => method === 'PATCH' && path.startsWith(CERTIFICATES),
      ...Array(3).fill(refuse(code, reason)),
    );
    issued.world.writeCluster(PEER);
    await issued.drive(() => issued.world.conditionReason('Degraded') === 'StepFailed', 'the failure');
    await issued.drive(() => issued.asked(AUTHORITY) !== undefined, 'another try');
  });
});

describe('an issuer of what members show to clients', () => {
  const spec = (hostnames: readonly string[] = []) =>
    ({ replicas: 3, tls: { client: { mode: 'Required', issuer: ISSUER, hostnames } } }) as const;

  test('is told all names, also those that load balancers give; pods mount what it issues, once it is there', async () => {
    const issued = await IssuedWorld.start();
    const { world } = issued;
    const { objects } = world.world.server;
    world.writeCluster(spec(['zk.example.com']));
    await issued.drive(() => issued.message('Stalled').includes(CLIENTS), 'the condition');
    expect(issued.isMade).toBe(false);
    expect(issued.asked(CLIENTS)?.spec.dnsNames).toContain('zk.example.com');

    const service = objects.get(SERVICE_PATH)!;
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } };
    objects.put(SERVICE_PATH, { ...service, status } as KubeObject);
    await issued.drive(() => issued.asked(CLIENTS)?.spec.ipAddresses?.[0] === '192.0.2.7', 'the address');

    await issued.issue(CLIENTS);
    await issued.drive(() => issued.isMade, 'the StatefulSet');
    expect(JSON.stringify(objects.get(SET_PATH))).toContain(`"secretName":"${CLIENTS}"`);
  });

  test('is asked by a Certificate that is put right where somebody changes it, and goes where the spec names none any more', async () => {
    const issued = await IssuedWorld.start();
    const { world } = issued;
    world.writeCluster(spec());
    await issued.drive(() => issued.asked(CLIENTS) !== undefined, 'the Certificate');
    const { spec: wanted, ...rest } = issued.asked(CLIENTS)!;
    const changed = { ...rest, spec: { ...wanted, dnsNames: ['evil.example.com'] } };
    world.world.server.objects.put(`${CERTIFICATES}/${CLIENTS}`, changed);
    await issued.drive(
      () => issued.asked(CLIENTS)?.spec.dnsNames?.includes('evil.example.com') === false,
      'the names',
    );
    await issued.issue(CLIENTS);
    world.writeCluster({ replicas: 3 });
    await issued.drive(() => issued.asked(CLIENTS) === undefined, 'it to go');
    // cert-manager leaves it, too: pods that are not made anew yet mount it.
    expect(world.world.server.objects.get(`${SECRETS}/${CLIENTS}`)).toBeDefined();
  });
});
