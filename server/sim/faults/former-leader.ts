import { type Fault, restartLater } from './fault.ts';

/**
 * A leader loses everybody but one member, which loses its disk at that moment: the others elect a leader that takes the member in anew, while
 * the former one believes in a configuration in which it has no place.
 */
export const formerLeader: Fault = (world, prng) => {
  const { ensemble, trace, time } = world;
  const { hosts, network, leader } = ensemble;
  if (!ensemble.whole || leader === undefined) return false;
  const { voters } = ensemble.settings;
  // Without the leader and that member the others must be a majority.
  const candidates = hosts.filter(({ label }) => label !== leader.label && (voters >= 5 || label > voters));
  if (candidates.length === 0) return false;
  const newcomer = prng.pick(candidates);
  const raftId = newcomer.member?.running?.identity.raftId;
  if (raftId === undefined) return false;
  ensemble.copyMissing = true;
  newcomer.kill();
  ensemble.promises.lost(raftId);
  newcomer.wipe();
  restartLater(world, newcomer, prng.between(1, 400));
  const rest = hosts.filter((host) => host !== leader && host !== newcomer);
  trace.add('network', `${leader.name} is cut off from all but ${newcomer.name}`);
  for (const { label } of rest) {
    network.route(String(leader.label), String(label)).block();
    network.route(String(label), String(leader.label)).block();
  }
  time.after(prng.between(1_500, 4_000), () => {
    trace.add('network', `${leader.name} is no longer cut off`);
    for (const { label } of rest) {
      network.route(String(leader.label), String(label)).open();
      network.route(String(label), String(leader.label)).open();
    }
  });
  return true;
};
