import type { Host } from './host.ts';
import type { Prng } from './prng.ts';
import type { Simulation } from './simulation.ts';

/** Share of the runs that end so. */
const RATE = 0.25;
const FEWEST_VOTERS = 3;
/** Whoever asks does not wait: the leader was heard of a moment ago. */
const ASK_AGAIN_MS = 200;
/** It is asked for until no leader was heard of for an election timeout, and the survivor may lose its power meanwhile. */
const FORCED_MS = 5_000;
const POWER_LOSS_RATE = 0.4;
/** Two election timeouts, and what a replay takes. */
const LEADS_MS = 5_000;
/** It dials, is greeted, and ends once no leader counted it in for an election timeout. */
const FORMER_ENDS_MS = 5_000;
const SERVED_MS = 10_000;

/**
 * All members but one are lost for good, and that one is forced: the one with the newest log of all voters, which holds everything that was
 * acknowledged. So nothing may be missing afterwards, for anybody. Some of the others come back with what they had; they have to end, and nothing
 * may come of them. At last all come with empty disks, and are members again.
 */
export async function loseQuorum(simulation: Simulation): Promise<boolean> {
  const { ensemble, totals } = simulation;
  const prng = simulation.stream('quorum lost');
  if (!prng.chance(RATE) || ensemble.roster.voters.length < FEWEST_VOTERS || !ensemble.whole) return true;
  const survivor = newest(ensemble.members.filter(({ serverId }) => ensemble.roster.isVoter(serverId)));
  const others = ensemble.members.filter((host) => host !== survivor);
  // Who proves nothing may go on while a leader counts it in: then they are fewer than a majority, and cannot be the former ensemble.
  const { provesMembers = false } = ensemble.settings;
  const most = provesMembers ? others.length : (ensemble.roster.voters.length - 1) >> 1;
  const formers = prng.sample(others, 1 + prng.below(most));
  simulation.trace.add('run', `all are lost but ${survivor.name}`);
  totals.add('quorums lost for good');
  ensemble.copyMissing = true;
  const ids = new Map(others.map((host) => [host, host.member!.running!.identity.raftId]));
  for (const [host, raftId] of ids) {
    host.inService = false;
    host.kill();
    if (!formers.includes(host)) giveUp(simulation, host, raftId);
  }
  return (
    (await force(simulation, survivor, prng)) &&
    (await readFileAnew(simulation, survivor)) &&
    (await comeBack(simulation, survivor, new Map(formers.map((host) => [host, ids.get(host)!])))) &&
    (await joinAnew(simulation, others)) &&
    (await startAgain(simulation, survivor))
  );
}

/** Of the logs as they are on the disks: whatever is committed is on those of a majority, and the newest of all holds it. */
function newest(voters: readonly Host[]): Host {
  const end = (host: Host): [number, number] => {
    const { raft } = host.member!.running!.replica;
    return [raft.termAt(raft.persistedIndex), raft.persistedIndex];
  };
  return voters.reduce((best, host) => {
    const [[term, index], [bestTerm, bestIndex]] = [end(host), end(best)];
    return term > bestTerm || (term === bestTerm && index > bestIndex) ? host : best;
  });
}

/** Its id must never vote again. */
function giveUp({ ensemble }: Simulation, host: Host, raftId: number): void {
  ensemble.promises.lost(raftId);
  host.wipe();
}

/** Asks until it is told that it is done; from then on it has to be so, whatever befalls the survivor. */
async function force(simulation: Simulation, survivor: Host, prng: Prng): Promise<boolean> {
  const { time, trace, totals } = simulation;
  let made = 0;
  const ask = (): void => {
    if (made > 0 || simulation.failed) return;
    survivor.ask((view) => {
      const { serverId, lastLogIndex } = view.status();
      void view.forceNewCluster(serverId, lastLogIndex).then((result) => {
        trace.add(
          survivor.name,
          `is asked to be a new cluster: ${result.ok ? result.recovery : result.code}`,
        );
        if (result.ok) made = result.recovery;
        else totals.add(`new cluster refused: ${result.code}`);
      });
    });
    time.after(ASK_AGAIN_MS, ask);
  };
  ask();
  if (prng.chance(POWER_LOSS_RATE))
    time.after(prng.between(0, 2_000), () => {
      totals.add('survivors that lost their power');
      survivor.losePower();
      survivor.startAgain();
    });
  if (!(await simulation.within(FORCED_MS, 'a survivor can be forced', () => made > 0))) return false;
  totals.add('new clusters of a survivor');
  return (
    (await simulation.within(LEADS_MS, 'what was forced leads by itself', () => isAlone(survivor))) &&
    (await endFormerSessions(simulation))
  );
}

/** The files decide again, and by reconfigs they were changed under a process that had read them. */
async function readFileAnew(simulation: Simulation, survivor: Host): Promise<boolean> {
  if (!simulation.ensemble.roster.isByReconfig) return true;
  survivor.kill();
  survivor.startAgain();
  return simulation.within(LEADS_MS, 'what was forced leads with another file', () => isAlone(survivor));
}

/** Whoever tries to go on with one. */
function endFormerSessions(simulation: Simulation): Promise<boolean> {
  const { oracle } = simulation.ensemble;
  // The survivor may lose its power now, and has to lead again.
  const limitMs = LEADS_MS + simulation.endingMs(oracle.formerSessions);
  const rule = 'sessions from before a forced recovery end';
  return simulation.within(limitMs, rule, () => oracle.formerSessions === 0);
}

function isAlone({ member }: Host): boolean {
  const raft = member?.running?.replica.raft;
  return raft?.role === 'leader' && raft.configuration.recovery?.survivor === raft.id && !raft.changeInFlight;
}

/** With the data that they had. */
async function comeBack(
  simulation: Simulation,
  survivor: Host,
  formers: ReadonlyMap<Host, number>,
): Promise<boolean> {
  const { lives } = survivor;
  const term = survivor.member?.running?.replica.raft.term;
  for (const host of formers.keys()) {
    host.isGivenUp = true;
    host.start();
  }
  const rule = 'a member from before a forced recovery ends when it meets the survivor';
  if (!(await simulation.within(FORMER_ENDS_MS, rule, () => [...formers.keys()].every(({ up }) => !up))))
    return false;
  const raft = survivor.member?.running?.replica.raft;
  // One that lost its power meanwhile leads another term.
  if (survivor.lives === lives && (raft?.role !== 'leader' || raft.term !== term)) {
    const message = `${survivor.name} is ${raft?.role} of term ${raft?.term}, and led term ${term}`;
    simulation.report({
      rule: 'members from before a forced recovery change nothing',
      message,
      operations: [],
    });
    return false;
  }
  for (const [host, raftId] of formers) {
    host.isGivenUp = false;
    giveUp(simulation, host, raftId);
  }
  return true;
}

async function joinAnew(simulation: Simulation, others: readonly Host[]): Promise<boolean> {
  for (const host of others) host.inService = true;
  const isWhole = await simulation.becomesWhole('members with empty disks join what came out of a survivor');
  return isWhole && simulation.servesEverybody(SERVED_MS, 'every client is served after a forced recovery');
}

/** Out of which recovery its cluster came it knows from its disk, perhaps from a snapshot alone. */
function startAgain(simulation: Simulation, survivor: Host): Promise<boolean> {
  survivor.kill();
  return simulation.becomesWhole('a survivor that starts again is a member of its cluster');
}
