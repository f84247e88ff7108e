import type { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../testkit/src/systems/member.ts';
import type { Neighbour, Running } from './neighbour.ts';

const LOAD_MS = 60_000;
const CALM_MS = 10_000;
const SERVING_TIMEOUT_MS = 60_000;
/** Beyond the gap that a program may have: the load's own waits, on a machine that others use too. */
const STUCK_MS = 60_000;

/** What a program came to. */
export interface Outcome {
  readonly acknowledged: number;
  readonly lost: number;
  readonly longestGapMs: number;
  readonly loadSeconds: number;
  /** In the order in which they were done. */
  readonly faults: readonly string[];
  readonly exercises: readonly string[];
}

/**
 * What every program goes through while it is loaded: its leader is killed, then each member is restarted in turn, and between all of that it has to go on.
 * The load lasts for a minute at least. Rejects where the program gets stuck.
 */
export async function runCourse(
  neighbour: Neighbour,
  ensemble: Ensemble,
  running: Running,
  note: (line: string) => void,
): Promise<Outcome> {
  const faults: string[] = [];
  const exercises: string[] = [];
  let times = 0;
  const exercise = async (): Promise<void> => {
    const told = await running.exercise?.(times++);
    if (told !== undefined) exercises.push(told);
  };
  await exercise();
  const load = running.load();
  await load.ready();
  const beganMs = performance.now();
  const goesOn = (): Promise<void> => load.goesOn(neighbour.longestGapMs + STUCK_MS);
  const fault = async (what: string, member: Member, end: () => Promise<unknown>): Promise<void> => {
    const before = load.acknowledged;
    await end();
    await goesOn();
    member.start();
    await member.serving(SERVING_TIMEOUT_MS);
    await goesOn();
    await exercise();
    faults.push(what);
    note(`${what}: ${load.acknowledged - before} acknowledged`);
  };
  await pause(CALM_MS);
  const leader = await ensemble.leader();
  await fault('leader killed', leader, () => leader.kill());
  for (const member of ensemble.members)
    await fault(`member ${member.serverId} restarted`, member, () => member.stop());
  await pause(Math.max(CALM_MS, LOAD_MS - (performance.now() - beganMs)));
  const { acknowledged, longestGapMs } = await load.end();
  const loadSeconds = Math.round((performance.now() - beganMs) / 1_000);
  return { acknowledged, lost: await running.lost(), longestGapMs, loadSeconds, faults, exercises };
}

/** Throws where it is not what a neighbour is owed. */
export function judge({ title, longestGapMs }: Neighbour, outcome: Outcome): void {
  const { acknowledged, lost } = outcome;
  if (acknowledged === 0) throw new Error(`the load of ${title} had nothing acknowledged`);
  if (lost !== 0) throw new Error(`${lost} of ${acknowledged} acknowledged operations of ${title} are gone`);
  if (outcome.longestGapMs > longestGapMs)
    throw new Error(
      `${title} acknowledged nothing for ${outcome.longestGapMs} ms, ${longestGapMs} are allowed`,
    );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
