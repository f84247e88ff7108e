import type { Ensemble } from '../ensemble.ts';
import { type Fault, restartLater, running } from '../faults/fault.ts';
import type { Prng } from '../prng.ts';

/** Leadership goes to some other member, as `POST /admin/leadership` asks for it; often to the one that is furthest behind. */
export const transferLeadership: Fault = (world, prng) => {
  const { leader } = world.ensemble;
  const raft = leader?.member?.running?.replica.raft;
  if (leader === undefined || raft === undefined) return false;
  const others = raft.peers().filter((peer) => raft.configuration.voters.includes(peer.id));
  if (others.length === 0) return false;
  const furthest = others.reduce((a, b) => (b.match < a.match ? b : a));
  const target = prng.chance(0.4) ? furthest : prng.pick(others);
  const serverId = leader.member?.serverIdOf(target.id);
  if (serverId === undefined) return false;
  leader.ask((view) => {
    const { term } = raft;
    view.transferLeadership(serverId).then((result) => {
      if (result.ok) world.ensemble.tookOver(target.id, term);
    });
  });
  world.trace.add(leader.name, `is asked to hand leadership over to member ${serverId}`);
  return true;
};

/**
 * Somebody is about to stop the leader, or another member, and says so (`POST /admin/drain`). Mostly the stop follows; some take their word
 * back, or forget it.
 */
export const drain: Fault = (world, prng) => {
  const { leader } = world.ensemble;
  const up = running(world);
  if (up.length === 0) return false;
  const host = prng.chance(0.6) && leader !== undefined ? leader : prng.pick(up);
  const { member } = host;
  host.ask((view) => view.drain());
  world.totals.add('drains');
  world.trace.add(host.name, 'is told that it is about to stop');
  world.time.after(prng.between(50, 2_000), () => {
    if (host.member !== member || world.calm) return;
    const roll = prng.fraction();
    if (roll < 0.5) host.stop(() => restartLater(world, host, prng.between(10, 500)));
    else if (roll < 0.8) host.ask((view) => view.undrain());
  });
  return true;
};

/** Asks again and again for another leader; the answer is whether one of the transfers has finished. */
export function handOver(ensemble: Ensemble, prng: Prng): () => boolean {
  let asking = false;
  let finished = false;
  return () => {
    const { leader } = ensemble;
    const others = ensemble.members.filter(
      (host) => host !== leader && ensemble.roster.isVoter(host.serverId),
    );
    if (asking || finished || leader === undefined || others.length === 0) return finished;
    asking = true;
    leader.ask((view) => {
      view.transferLeadership(prng.pick(others).serverId).then((result) => {
        asking = false;
        finished = result.ok;
      });
    });
    return false;
  };
}
