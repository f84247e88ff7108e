/**
 * Writes server/test/zookeeper-log/golden anew: what a running Apache ZooKeeper 3.9.5 leaves in its data directory after some of everything that a log
 * can hold, and the same tree as it writes it compressed. Needs Java; Maven the first time.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@rookery/client';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { zookeeper } from '../../testkit/src/systems/zookeeper.ts';

const GOLDEN = join(import.meta.dirname, '..', 'test', 'zookeeper-log', 'golden');
const LINES = ['extendedTypesEnabled=true', 'preAllocSize=4', 'snapCount=100000'];

const left: unknown[] = [];

zookeeper.prepare(console.log);
await write('none', [], async (hosts, restart) => {
  await fill(hosts);
  await restart();
  await goOn(hosts);
});
for (const method of ['gz', 'snappy'])
  await write(method, [`-Dzookeeper.snapshot.compression.method=${method}`], async (hosts, restart) => {
    await fill(hosts);
    await restart();
  });

/** Runs a ZooKeeper alone, and keeps its files under the name. */
async function write(
  name: string,
  jvmFlags: readonly string[],
  work: (hosts: string, restart: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const alone = await Ensemble.start(zookeeper, { size: 1, configLines: LINES, jvmFlags });
  try {
    const [member] = alone.members;
    const { host, port } = member!.endpoint;
    await work(`${host}:${port}`, async () => {
      await member!.stop();
      member!.start();
      await alone.serving();
    });
    await member!.stop();
    const folder = join(alone.folder, 'member-1', 'data', 'version-2');
    const target = join(GOLDEN, name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(folder)) {
      const isNewest = name === 'none' || (file.startsWith('snapshot.') && !file.startsWith('snapshot.0'));
      if (isNewest && /^(?:snapshot|log)\./.test(file)) copyFileSync(join(folder, file), join(target, file));
    }
  } finally {
    await alone.remove();
  }
}

async function fill(hosts: string): Promise<void> {
  const jane = await connect(hosts, {
    sessionTimeoutMs: 30_000,
    auth: [{ scheme: 'digest', auth: 'jane:pw' }],
  });
  await jane.create('/app', 'one');
  await jane.set('/app', 'two');
  for (let i = 0; i < 4; i++) await jane.create('/app/n-', `${i}`, { kind: 'persistent-sequential' });
  await jane.delete('/app/n-0000000003');
  await jane.create('/app/n-0000000003', 'again');
  await jane.create('/closed', '', { acl: [{ perms: 31, scheme: 'auth', id: '' }] });
  await jane.setAcl('/app/n-0000000000', [{ perms: 1, scheme: 'world', id: 'anyone' }]);
  await jane.create('/box', '', { kind: 'container' });
  await jane.create('/box/in', '');
  await jane.create('/mayfly', 'x', { ttlMs: 600_000 });
  await jane.transaction([
    { do: 'create', path: '/t1', data: '1' },
    { do: 'create', path: '/t1/below', data: '' },
    { do: 'set', path: '/app', data: 'three' },
    { do: 'check', path: '/app', version: 2 },
    { do: 'delete', path: '/app/n-0000000001' },
  ]);
  const refused = [
    { do: 'create', path: '/t2', data: '' } as const,
    { do: 'check', path: '/nothing' } as const,
  ];
  await jane.transaction(refused).catch(() => undefined);
  await jane.create('/app', '').catch(() => undefined);
  const gone = await connect(hosts, { sessionTimeoutMs: 30_000 });
  await gone.create('/locks', '');
  for (let i = 0; i < 2; i++) await gone.create('/locks/l-', '', { kind: 'ephemeral-sequential' });
  await gone.create('/gone', 'soon', { kind: 'ephemeral' });
  await gone.close();
  await jane.create('/gone', 'again');
  await jane.close();
}

/** After a restart, which writes a snapshot and begins another log. Its session is left as it is. */
async function goOn(hosts: string): Promise<void> {
  const held = await connect(hosts, { sessionTimeoutMs: 40_000 });
  await held.create('/locks/l-', 'held', { kind: 'ephemeral-sequential' });
  await held.create('/live', 'held', { kind: 'ephemeral' });
  await held.set('/t1/below', Buffer.alloc(300, 'large'));
  await held.delete('/gone');
  await held.create('/after', 'the restart');
  // The process ends without closing it.
  left.push(held);
}
process.exit(0);
