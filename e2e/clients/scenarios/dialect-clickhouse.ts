import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { int, long } from '../../../testkit/src/wire/requests.ts';
import { CountedOperations } from '../dialects/counted-operations.ts';
import type { Lie } from '../libraries/lies.ts';
import { LyingProxy } from '../libraries/lying-proxy.ts';
import { Program } from '../program.ts';
import type { Context, Scenario } from '../scenario.ts';

const script = fileURLToPath(new URL('../python/clickhouse.py', import.meta.url));
const TIMEOUT_MS = 120_000;
const CREATE_IF_NOT_EXISTS = 502;
const REMOVE_RECURSIVE = 503;
const FIRST_OF_KEEPER = 500;
/** What a ClickHouse leaves once all that it made was dropped: the parents of its tables. */
const LEFT = { '/maps': [], '/tables': [], '/collections': [] } as const;

export const dialectClickHouse: Scenario = {
  name: 'dialect-clickhouse',
  proves:
    "ClickHouse's own client finds ClickHouse Keeper's operations where they are switched on, uses them and comes to the same as without; lies of a member are found out",
  against: ['rookery'],
  needs: ['clickhouse'],
  run: async (context) => {
    const accounts: string[] = [];
    for (const isOn of [true, false]) {
      const ensemble = await context.startEnsemble({
        environment: { ROOKERY_DIALECTS_CLICK_HOUSE_KEEPER: String(isOn) },
      });
      accounts.push(await throughClickHouse(context, ensemble, isOn));
      if (isOn) await assertLiesAreFound(context, ensemble);
      await ensemble.stop();
    }
    return accounts.join('; ');
  },
};

async function throughClickHouse(context: Context, ensemble: Ensemble, isOn: boolean): Promise<string> {
  const counted = await CountedOperations.start(ensemble);
  try {
    const output = await clickHouse(context, counted.endpoints).success(TIMEOUT_MS);
    const keepers = counted.all.filter((operation) => operation >= FIRST_OF_KEEPER).sort();
    assert.deepEqual(keepers, isOn ? [CREATE_IF_NOT_EXISTS, REMOVE_RECURSIVE] : []);
    await assertNothingIsLeft(ensemble);
    const statements = output.match(/^right /gm)?.length ?? 0;
    const counts = keepers.map((operation) => `, ${operation} ${counted.count(operation)} times`);
    return `${isOn ? 'on' : 'off'}: ${statements} statements${counts.join('')}`;
  } finally {
    counted.stop();
  }
}

function clickHouse(context: Context, members: readonly Endpoint[]): Program {
  const config = join(context.folder, 'clickhouse.xml');
  writeFileSync(config, configOf(members));
  return new Program(context.clickHousePython(), [script], { CONFIG: config });
}

function configOf(members: readonly Endpoint[]): string {
  const nodes = members.map(({ host, port }) => `<node><host>${host}</host><port>${port}</port></node>`);
  return `<clickhouse>
  <zookeeper>${nodes.join('')}<session_timeout_ms>10000</session_timeout_ms></zookeeper>
  <keeper_map_path_prefix>/maps</keeper_map_path_prefix>
  <named_collections_storage><type>keeper</type><path>/collections</path></named_collections_storage>
</clickhouse>
`;
}

/** Seen from outside of ClickHouse, at each member. */
async function assertNothingIsLeft({ members }: Ensemble): Promise<void> {
  for (const { endpoint } of members) {
    const session = await ClientSession.connect(endpoint);
    await session.sync('/');
    for (const [path, children] of Object.entries(LEFT))
      assert.deepEqual(await session.children(path), children, path);
    session.drop();
  }
}

/** A member that says so has done nothing. */
const lies: readonly Lie[] = [
  {
    name: 'a removal of all that is below is acknowledged and never made',
    caughtBy: 'what is left',
    forgedReply: (operation, request) =>
      operation === REMOVE_RECURSIVE
        ? Buffer.concat([int(16), request.subarray(4, 8), long(0), int(0)])
        : undefined,
  },
];

async function assertLiesAreFound(context: Context, ensemble: Ensemble): Promise<void> {
  for (const lie of lies) {
    const proxy = await LyingProxy.start(ensemble.members[0]!.endpoint, lie);
    try {
      const program = clickHouse(context, [proxy.endpoint]);
      await assert.rejects(async () => {
        await program.success(TIMEOUT_MS);
        await assertNothingIsLeft(ensemble);
      }, `nobody noticed that ${lie.name}`);
    } finally {
      proxy.stop();
    }
  }
}
