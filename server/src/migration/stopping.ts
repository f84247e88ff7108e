import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QuorumMember } from '../zookeeper-learner/quorum-config.ts';

const LOOK_EVERY_MS = 20;
const CONNECT_MS = 2_000;

/**
 * Resolves once a member has ended. A command is run for it where there is one, with its `{host}` and `{id}`; otherwise somebody is waited for who stops
 * it. That it has ended is seen at its election port, on which each member listens as long as it runs.
 *
 * @param timeoutMs from when the command was through; undefined: as long as it takes
 */
export async function stopMember(
  member: QuorumMember,
  command: string | undefined,
  timeoutMs: number | undefined,
): Promise<void> {
  if (command !== undefined) await run(withMember(command, member));
  const deadlineMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
  while (await listens(member)) {
    if (performance.now() > deadlineMs)
      throw new Error(`server ${member.serverId} still listens at ${member.host}:${member.electionPort}`);
    await sleep(LOOK_EVERY_MS);
  }
}

function withMember(command: string, { host, serverId }: QuorumMember): string {
  return command.replaceAll('{host}', host).replaceAll('{id}', `${serverId}`);
}

/** By a shell, as it was typed. */
async function run(command: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`\`${command}\` ended with ${code ?? signal}`);
}

/** Only a refusal says that nobody does: without an answer the member may run behind a broken link. */
async function listens({ host, electionPort }: QuorumMember): Promise<boolean> {
  const socket = connect({ host, port: electionPort });
  socket.setTimeout(CONNECT_MS, () => socket.destroy());
  return await new Promise((resolve) => {
    socket.once('connect', () => socket.destroy());
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
    socket.once('close', () => resolve(true));
  });
}
