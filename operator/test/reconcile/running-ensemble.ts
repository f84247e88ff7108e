import { ClusterWorld, type Replica, SET_PATH } from './cluster-world.ts';
import { FakeEnsemble } from './fake-ensemble.ts';

/** An ensemble that is Ready, with its operator. */
export interface RunningEnsemble {
  readonly world: ClusterWorld;
  readonly replica: Replica;
  readonly ensemble: FakeEnsemble;
  /** Lets everybody work until it holds. */
  readonly until: (holds: () => boolean, what: string) => Promise<void>;
}

export async function runningEnsemble(count: number): Promise<RunningEnsemble> {
  const world = await ClusterWorld.start(7);
  const replica = world.replica();
  const ensemble = new FakeEnsemble(world);
  world.writeCluster({ replicas: count });
  await world.drive(replica, () => world.world.server.objects.get(SET_PATH) !== undefined, 'the StatefulSet');
  ensemble.begin(count);
  const until = (holds: () => boolean, what: string): Promise<void> =>
    world.drive(
      replica,
      () => {
        ensemble.live();
        return holds();
      },
      what,
    );
  await until(() => world.phase === 'Ready', 'a cluster that is Ready');
  ensemble.done.length = 0;
  ensemble.mostAway = 0;
  return { world, replica, ensemble, until };
}
