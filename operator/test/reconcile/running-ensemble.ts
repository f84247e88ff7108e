import { ClusterWorld, type Replica, type ReplicaOptions, SET_PATH } from './cluster-world.ts';
import { FakeEnsemble } from './fake-ensemble.ts';

/** An ensemble that is Ready, with its operator. */
export interface RunningEnsemble {
  readonly world: ClusterWorld;
  readonly replica: Replica;
  readonly ensemble: FakeEnsemble;
  /** Lets everybody work until it holds. */
  readonly until: (holds: () => boolean, what: string) => Promise<void>;
  /** The same, looked after by another operator. */
  readonly with: (replica: Replica) => RunningEnsemble;
}

export async function runningEnsemble(
  count: number,
  spec: Parameters<ClusterWorld['writeCluster']>[0] = {},
  options: ReplicaOptions = {},
): Promise<RunningEnsemble> {
  const world = await ClusterWorld.start(7);
  const replica = world.replica(options);
  world.writeCluster({ replicas: count, ...spec });
  await world.drive(replica, () => world.world.server.objects.get(SET_PATH) !== undefined, 'the StatefulSet');
  const all = beginEnsemble(world, replica, count);
  await all.until(() => world.phase === 'Ready', 'a cluster that is Ready');
  all.ensemble.done.length = 0;
  all.ensemble.mostAway = 0;
  return all;
}

/** The first members of a cluster whose StatefulSet is there. */
export function beginEnsemble(world: ClusterWorld, replica: Replica, count: number): RunningEnsemble {
  const ensemble = new FakeEnsemble(world);
  ensemble.begin(count);
  return lookedAfter(world, ensemble, replica);
}

function lookedAfter(world: ClusterWorld, ensemble: FakeEnsemble, replica: Replica): RunningEnsemble {
  return {
    world,
    replica,
    ensemble,
    until: (holds, what) =>
      world.drive(
        replica,
        () => {
          ensemble.live();
          return holds();
        },
        what,
      ),
    with: (other) => lookedAfter(world, ensemble, other),
  };
}
