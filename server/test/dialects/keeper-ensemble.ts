import { expect } from 'vitest';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { KeeperClient, steps } from './keeper-client.ts';

/** The member that has the dialect is a follower, or leads: whoever that is. */
const WITH = 1;

/** Three members, one of which speaks as ClickHouse Keeper, and a client of that one. */
export class KeeperEnsemble {
  readonly first: TestMember;
  readonly client: KeeperClient;
  readonly #ensemble: TestEnsemble;
  #tests = 0;

  /** Made by its static function alone. */
  constructor(ensemble: TestEnsemble, client: KeeperClient) {
    this.#ensemble = ensemble;
    this.first = ensemble.members[0]!;
    this.client = client;
  }

  static async start(): Promise<KeeperEnsemble> {
    const ensemble = await TestEnsemble.start(3, (serverId) => ({
      dialects: { clickHouseKeeper: serverId === WITH, pagedChildren: false },
      audit: { enabled: true },
    }));
    return new KeeperEnsemble(ensemble, await KeeperClient.begin(ensemble.members[0]!.port));
  }

  async stop(): Promise<void> {
    this.client.raw.close();
    await this.#ensemble.stop();
  }

  /** A node for one more test. */
  async newTop(): Promise<string> {
    const path = `/test${++this.#tests}`;
    await this.make(path);
    return path;
  }

  async make(path: string, data = '', flags = 0, acl?: Buffer): Promise<void> {
    expect(await this.client.code(steps.create(path, data, flags, acl))).toBe(0);
  }

  async digestsAreEqual(): Promise<void> {
    const machines = this.#ensemble.members.map(({ member }) => member.running!.machine);
    await until(() => new Set(machines.map(({ appliedIndex }) => appliedIndex)).size === 1);
    expect(new Set(machines.map((machine) => machine.digest())).size).toBe(1);
  }

  audited(from: number): unknown[] {
    return this.first.audited
      .slice(from)
      .map(({ operation, znode, result }) => ({ operation, znode, result }));
  }
}
