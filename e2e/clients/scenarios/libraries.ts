import assert from 'node:assert/strict';
import { connectString } from '../../../testkit/src/endpoint.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { certificatesFolder } from '../client-certificates.ts';
import { type ClientKind, clientKinds } from '../libraries/client-kinds.ts';
import { type Account, KilledLeaders, lostWrites, observerOf } from '../libraries/killed-leaders.ts';
import { LibraryClient, ROOT } from '../libraries/library-client.ts';
import { type Lie, lies } from '../libraries/lies.ts';
import { LyingProxy } from '../libraries/lying-proxy.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';

/**
 * What the clients' own waits add up to where a leader is killed. They try one member after the other: before each try Java's client waits up to a second,
 * Go's a second where it has tried all of them and Node's up to one there; C's and Rust's wait less than half of one. One of the three members is gone, so
 * that nobody needs more than three tries; Java's waits a second more where it has come round. The ensemble itself is without a leader for less than one.
 */
const MAX_GAP_MS = 5_000;
/** Apache ZooKeeper's members close all connections where a leader goes, and elect for seconds. */
const MAX_GAP_OF_ZOOKEEPER_MS = 15_000;

type Command = readonly [string, ...string[]];

export const libraries: Scenario = {
  name: 'libraries',
  proves:
    'client libraries of TypeScript, Java, C, Go, Node and Rust do all that they can, and lose neither a write nor a session nor a watch when leaders are killed',
  against: bothSystems,
  needs: [...new Set(clientKinds.flatMap(({ needs }) => needs))],
  run: async (context) => {
    // Whatever has to be built is built before anybody is connected.
    const commands = new Map(clientKinds.map((kind) => [kind, kind.command(context)]));
    const ensemble = await context.startEnsemble({ tls: true, configLines: ['extendedTypesEnabled=true'] });
    await observerOf(ensemble).create(ROOT);
    const running: LibraryClient[] = [];
    const start = (kind: ClientKind, name: string, hosts: string): LibraryClient => {
      const certificates = kind.isTls ? { CERTIFICATES: certificatesFolder(context, ensemble) } : {};
      const client = new LibraryClient(kind, name, commands.get(kind) as Command, {
        HOSTS: hosts,
        ...certificates,
      });
      running.push(client);
      return client;
    };
    try {
      const found = await assertLiesAreFound(ensemble, start);
      const accounts = await throughKilledLeaders(context, ensemble, start);
      for (const account of accounts) context.note(told(account));
      refuse(accounts, context.system.name === 'rookery' ? MAX_GAP_MS : MAX_GAP_OF_ZOOKEEPER_MS);
      const writes = accounts.reduce((sum, account) => sum + account.writes, 0);
      return `${accounts.length} clients, ${writes} writes, none lost; ${found} of ${found} lies found out`;
    } finally {
      for (const client of running) client.kill();
    }
  },
};

type Start = (kind: ClientKind, name: string, hosts: string) => LibraryClient;

async function throughKilledLeaders(context: Context, ensemble: Ensemble, start: Start): Promise<Account[]> {
  const clients = clientKinds.map((kind) => {
    const endpoints = ensemble.members.map((member) =>
      kind.isTls ? member.clientEndpoint : member.endpoint,
    );
    return start(kind, kind.name, connectString(endpoints));
  });
  const killed = await KilledLeaders.begin(ensemble, clients);
  for (let round = 0; round < context.tier.libraryRounds; round++) await killed.killLeader();
  await killed.touchAll();
  context.note(`${killed.kills} members killed, ${context.tier.libraryRounds} of them because they led`);
  return killed.end();
}

/** The checks themselves are checked: each program, through a member that lies, has to find it out. Returns how often that was so. */
async function assertLiesAreFound(ensemble: Ensemble, start: Start): Promise<number> {
  const kinds = clientKinds.filter(({ isTls }) => !isTls);
  for (const [number, lie] of lies.entries()) {
    const proxy = await LyingProxy.start(ensemble.members[0]!.endpoint, lie);
    try {
      const hosts = connectString([proxy.endpoint]);
      const clients = kinds.map((kind) => start(kind, `${kind.name}-lie-${number}`, hosts));
      await Promise.all(clients.map((client) => assertLieIsFound(ensemble, client, lie)));
    } finally {
      proxy.stop();
    }
  }
  return lies.length * kinds.length;
}

async function assertLieIsFound(
  ensemble: Ensemble,
  client: LibraryClient,
  { name, caughtBy }: Lie,
): Promise<void> {
  if (caughtBy !== 'writes') {
    await client.finds(caughtBy);
    return;
  }
  await client.ready();
  await client.goesOn();
  const { writes } = await client.end();
  const lost = await lostWrites(observerOf(ensemble), client, writes);
  assert.equal(lost.length, 1, `lost writes of ${client.name}, though ${name}`);
}

function refuse(accounts: readonly Account[], maxGapMs: number): void {
  for (const { client, checks, writes, lost, longestGapMs, connectionsLost } of accounts) {
    assert.deepEqual(lost, [], `writes of ${client.name} were acknowledged and are gone`);
    for (const [what, count] of Object.entries({ checks, writes, longestGapMs, connectionsLost }))
      assert.ok(count > 0, `${client.name}: ${what} is ${count}`);
    assert.ok(
      longestGapMs < maxGapMs,
      `${client.name} wrote nothing for ${longestGapMs} ms, ${maxGapMs} are allowed`,
    );
  }
}

function told({ client, checks, writes, lost, longestGapMs, connectionsLost }: Account): string {
  return `${client.name} (${client.kind.library}): ${checks} checks, ${writes} writes acknowledged, ${lost.length} lost, longest gap ${longestGapMs} ms, 1 session kept over ${connectionsLost} lost connections`;
}
