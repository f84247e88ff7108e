import type { Cluster } from './cluster.ts';

const TAKE_OVER_TIMEOUT_MS = 90_000;

interface Jobs {
  readonly jobs: readonly { readonly jid: string; readonly name: string; readonly state: string }[];
}

/** What the REST API says of a job's checkpoints. */
interface Checkpoints {
  readonly latest: {
    readonly completed: { readonly id: number } | null;
    readonly restored: { readonly id: number; readonly restore_timestamp: number } | null;
  };
}

/** Kills the JobManager that leads; throws unless the other one goes on with the running job from its latest checkpoint or a later one. One clause of what happened. */
export async function recoveredWithoutLoss(cluster: Cluster, leaderUrl: string): Promise<string> {
  const leader = cluster.jobManagers.find(({ url }) => url === leaderUrl);
  if (leader === undefined)
    throw new Error(`${leaderUrl}, the leader that ZooKeeper names, is no JobManager of this cluster`);
  const job = await runningJob(cluster);
  const before = (await checkpoints(cluster, job))?.latest;
  if (before?.completed == null)
    throw new Error('the job has completed no checkpoint that it could be recovered from');
  const beganMs = performance.now();
  await leader.daemon.kill();
  let restored: number | undefined;
  await cluster.until('the job is restored and completes checkpoints', TAKE_OVER_TIMEOUT_MS, async () => {
    const now = (await checkpoints(cluster, job))?.latest;
    // For some seconds the standby has answers of the killed one at hand; they may tell of an earlier recovery.
    if (now?.restored?.restore_timestamp === before.restored?.restore_timestamp) return false;
    restored = now?.restored?.id;
    return restored !== undefined && now?.completed != null;
  });
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  if (restored! < before.completed.id)
    throw new Error(`the job went on from checkpoint ${restored}, ${before.completed.id} had been completed`);
  await cluster.restart(leader);
  return `leading JobManager killed, the job went on from checkpoint ${restored} after ${seconds} s`;
}

async function runningJob(cluster: Cluster): Promise<string> {
  let running: string | undefined;
  await cluster.until('the counting job runs', TAKE_OVER_TIMEOUT_MS, async () => {
    const overview = await cluster.ask<Jobs>('/jobs/overview');
    running = overview?.jobs.find(({ name, state }) => name === 'counting' && state === 'RUNNING')?.jid;
    return running !== undefined;
  });
  return running!;
}

function checkpoints(cluster: Cluster, job: string): Promise<Checkpoints | undefined> {
  return cluster.ask<Checkpoints>(`/jobs/${job}/checkpoints`);
}
