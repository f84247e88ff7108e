import {
  type Client,
  Election,
  LeaderLatch,
  Lock,
  Permission,
  Queue,
  ServiceDiscovery,
} from '@rookery/client';
import { digestId } from './digest-id.ts';
import { plant } from './fill.ts';

const BROKERS = [1, 2, 3] as const;
const TOPICS = ['orders', 'payments', 'shipments', 'audit-log'] as const;
const WORKERS = ['report-worker-1', 'report-worker-2', 'report-worker-3'] as const;
const SERVICES = [
  { name: 'checkout', address: '10.0.4.17', port: 8443 },
  { name: 'checkout', address: '10.0.4.18', port: 8443 },
  { name: 'inventory', address: '10.0.5.21', port: 9090 },
] as const;

/** What a company keeps in an ensemble: Kafka's nodes, services, a lock with those who wait, an election, a queue, settings. `connect` gives a session of its own for each program. */
export async function moveIn(connect: () => Promise<Client>): Promise<void> {
  const admin = await connect();
  await kafka(admin, connect);
  await settings(admin);
  await services(connect);
  await locks(connect);
  const queue = new Queue(admin, '/jobs/thumbnails');
  for (let number = 1; number <= 6; number++)
    await queue.put(JSON.stringify({ image: `cat-${number}.jpg`, width: 320 }));
}

async function kafka(admin: Client, connect: () => Promise<Client>): Promise<void> {
  const root = '/kafka';
  await plant(admin, `${root}/cluster/id`, JSON.stringify({ version: '1', id: 'vPeOCWypqUOSepEvx0cbog' }));
  await plant(admin, `${root}/controller_epoch`, '7');
  await plant(admin, `${root}/brokers/ids`);
  await plant(admin, `${root}/config/changes`);
  for (const topic of TOPICS) {
    const partitions = { 0: [1, 2, 3], 1: [2, 3, 1], 2: [3, 1, 2] };
    const assignment = { removing_replicas: {}, partitions, adding_replicas: {}, version: 3 };
    await plant(admin, `${root}/brokers/topics/${topic}`, JSON.stringify(assignment));
    await plant(
      admin,
      `${root}/config/topics/${topic}`,
      JSON.stringify({ version: 1, config: { 'retention.ms': '604800000' } }),
    );
  }
  for (const id of BROKERS) {
    const broker = await connect();
    const endpoints = [`PLAINTEXT://kafka-${id}.internal:9092`];
    const told = {
      features: {},
      listener_security_protocol_map: { PLAINTEXT: 'PLAINTEXT' },
      endpoints,
      jmx_port: -1,
    };
    const value = JSON.stringify({
      ...told,
      port: 9092,
      host: `kafka-${id}.internal`,
      version: 5,
      timestamp: String(Date.now()),
    });
    await broker.create(`${root}/brokers/ids/${id}`, value, { kind: 'ephemeral' });
    if (id === 1)
      await broker.create(
        `${root}/controller`,
        JSON.stringify({ version: 2, brokerid: id, timestamp: String(Date.now()) }),
        {
          kind: 'ephemeral',
        },
      );
  }
}

async function settings(admin: Client): Promise<void> {
  await plant(
    admin,
    '/config/checkout/limits',
    JSON.stringify({ maxBasket: 200, currencies: ['EUR', 'SEK'], retries: { times: 3, backoffMs: 250 } }),
  );
  await plant(admin, '/config/checkout/banner', 'Free delivery until Sunday');
  await plant(admin, '/config/inventory/warehouses', 'north=Oslo\nsouth=Porto\neast=Riga\n');
  await admin.create('/config/vault', 'not for everyone', {
    acl: [{ perms: Permission.all, scheme: 'digest', id: digestId('ops', 'ops-password') }],
  });
}

async function services(connect: () => Promise<Client>): Promise<void> {
  for (const { name, ...where } of SERVICES)
    await new ServiceDiscovery(await connect(), '/services').register(name, where);
}

/** Those who wait go on waiting until their sessions end. */
async function locks(connect: () => Promise<Client>): Promise<void> {
  for (const [place, worker] of WORKERS.entries()) {
    const client = await connect();
    const lock = new Lock(client, '/locks/nightly-report', { layout: 'kazoo', value: worker });
    await inLine(client, lock, '/locks/nightly-report', place);
    const election = new Election(client, '/elections/scheduler', { value: worker });
    election.run(() => new Promise(() => {}), { signal: client.session.signal }).catch(() => undefined);
    await until(client, '/elections/scheduler', place + 1);
    new LeaderLatch(client, '/elections/cleaner', { value: worker }).start();
    await until(client, '/elections/cleaner', place + 1);
  }
}

async function inLine(client: Client, lock: Lock, path: string, before: number): Promise<void> {
  lock.acquire({ signal: client.session.signal }).catch(() => undefined);
  await until(client, path, before + 1);
}

/** So that they come in their order. */
async function until(client: Client, path: string, children: number): Promise<void> {
  for await (const _change of client.watch(path)) {
    if (((await client.exists(path))?.numChildren ?? 0) >= children) return;
  }
}
