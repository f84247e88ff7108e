import { describe, expect, test } from 'vitest';
import { ROTATE_ADMIN_TOKEN_ANNOTATION } from '../../src/model/cluster-names.ts';
import { type AdminSecret, linesOf } from '../../src/observe/admin-secret.ts';
import { isClusterWrite, SECRET_PATH } from './cluster-world.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

const MINUTE_MS = 60_000;

class Rotation {
  readonly all: RunningEnsemble;
  /** Ordinals of pods whose kubelets are late. */
  readonly late = new Set<number>();

  /** Made by its static function alone. */
  constructor(all: RunningEnsemble) {
    this.all = all;
  }

  static async start(): Promise<Rotation> {
    const all = await runningEnsemble(3);
    let made = 0;
    all.world.newToken = () => `another-secret-text-${++made}`;
    return new Rotation(all);
  }

  get secret(): AdminSecret {
    return this.all.world.world.server.objects.get(SECRET_PATH) as AdminSecret;
  }

  lines(key = 'token'): string[] {
    return linesOf(this.secret, key);
  }

  ask(text: string): void {
    this.all.world.annotate({ [ROTATE_ADMIN_TOKEN_ANNOTATION]: text });
  }

  /** Kubelets bring what the Secret holds to the pods, until it holds. */
  async until(holds: () => boolean, what: string): Promise<void> {
    await this.all.until(() => {
      for (const [ordinal, member] of this.all.world.members.entries())
        if (!this.late.has(ordinal)) member.tokens = this.lines();
      return holds();
    }, what);
  }

  async goneBy(ms: number): Promise<void> {
    this.all.world.world.time.advance(ms);
    await this.all.world.quiet(this.all.replica);
  }
}

describe('the admin token and the join secret', () => {
  test('are followed by others without a pod restarted and without a member that refuses the operator', async () => {
    const rotation = await Rotation.start();
    const { world, ensemble } = rotation.all;
    const before = rotation.secret.data;
    let refused = 0;
    rotation.late.add(2);
    rotation.ask('today');
    await rotation.until(() => {
      if (world.conditionReason('Degraded') !== 'AllMembersReady') refused++;
      return rotation.lines().length === 2;
    }, 'a second token');
    await rotation.goneBy(MINUTE_MS);
    await rotation.until(() => true, 'the kubelets');
    expect(rotation.lines()).toHaveLength(2);
    expect(rotation.lines('join-secret')).toHaveLength(2);
    rotation.late.clear();
    await rotation.until(() => {
      if (world.conditionReason('Degraded') !== 'AllMembersReady') refused++;
      return rotation.lines().length === 1;
    }, 'one token');
    expect(refused).toBe(0);
    expect(rotation.secret.data).not.toEqual(before);
    expect(rotation.lines('join-secret')).toHaveLength(1);
    expect(rotation.lines('join-secret')).not.toEqual(rotation.lines());
    const reasons = world.events().map((event) => event.slice(0, event.indexOf(':')));
    expect(reasons).toContain('AdminTokenAdded');
    expect(reasons).toContain('AdminTokenRotated');
    expect(ensemble.done).toEqual([]);

    const after = rotation.secret.data;
    await rotation.until(() => world.phase === 'Ready', 'a cluster that is Ready');
    await rotation.goneBy(MINUTE_MS);
    expect(rotation.secret.data).toEqual(after);
  });

  test.each([1, 2])(
    'are followed by others where the answer to write %i of the two is lost',
    async (lost) => {
      const rotation = await Rotation.start();
      const { server } = rotation.all.world.world;
      const [former] = rotation.lines();
      let left = lost;
      server.script(
        (request) => isClusterWrite(request) && request.path === SECRET_PATH && --left === 0,
        server.loseAnswer(),
      );
      rotation.ask('today');
      const isDone = (): boolean => rotation.lines().length === 1 && rotation.lines()[0] !== former;
      await rotation.until(isDone, 'another token');
      await rotation.until(() => rotation.all.world.phase === 'Ready', 'a cluster that is Ready');
      await rotation.goneBy(MINUTE_MS);
      const writes = server.requests.filter(({ method, path }) => method === 'PATCH' && path === SECRET_PATH);
      expect(writes).toHaveLength(2);
    },
  );

  test('stay as they are in a Secret that somebody else brought', async () => {
    const rotation = await Rotation.start();
    const { objects } = rotation.all.world.world.server;
    const { ownerReferences: _owners, ...metadata } = rotation.secret.metadata;
    objects.put(SECRET_PATH, { ...rotation.secret, metadata } as never);
    const before = rotation.secret.data;
    rotation.ask('today');
    await rotation.goneBy(MINUTE_MS);
    expect(rotation.secret.data).toEqual(before);
  });

  test('are followed by what somebody has put behind them already', async () => {
    const rotation = await Rotation.start();
    const { objects } = rotation.all.world.world.server;
    const token = Buffer.from(`${rotation.lines()[0]}\na-token-of-a-person\n`).toString('base64');
    objects.put(SECRET_PATH, { ...rotation.secret, data: { ...rotation.secret.data, token } } as never);
    rotation.ask('today');
    await rotation.until(() => rotation.lines().length === 1, 'one token');
    expect(rotation.lines()).toEqual(['a-token-of-a-person']);
  });
});
