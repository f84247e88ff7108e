import { type Fault, restartLater } from './fault.ts';

/**
 * A leader loses everybody but one member. Where the others are a majority that one loses its disk at that moment: they elect a leader that takes
 * it in anew, while the former one believes in a configuration in which it has no place.
 */
export const formerLeader: Fault = (world, prng) => {
  const { ensemble, trace, time } = world;
  const { hosts, network, leader } = ensemble;
  if (!ensemble.whole || leader === undefined) return false;
  const { voters } = ensemble.settings;
  const newcomer = prng.pick(hosts.filter((host) => host !== leader));
  const raftId = newcomer.member?.running?.identity.raftId;
  if (raftId === undefined) return false;
  if (voters >= 5 || newcomer.label > voters) {
    ensemble.copyMissing = true;
    newcomer.kill();
    ensemble.promises.lost(raftId);
    newcomer.wipe();
    restartLater(world, newcomer, prng.between(1, 400));
  }
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
