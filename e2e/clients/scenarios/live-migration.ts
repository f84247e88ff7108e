import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import type { System } from '../../../testkit/src/systems/system.ts';
import { zookeeper } from '../../../testkit/src/systems/zookeeper.ts';
import { Program } from '../program.ts';
import type { Context, Scenario } from '../scenario.ts';

const clientsScript = fileURLToPath(new URL('../python/moving.py', import.meta.url));

const CLIENTS = 6;
const FOLLOW_TIMEOUT_MS = 60_000;
const PROGRESS_TIMEOUT_MS = 60_000;
const ACCOUNT_TIMEOUT_MS = 120_000;
/** Acknowledged between any two steps, so that each one happens under load. */
const WRITES_BETWEEN_STEPS = 300;
const POLL_MS = 20;

interface Account {
  readonly clients: number;
  readonly acknowledged: number;
  readonly writesLost: readonly string[];
  readonly ephemeralsLost: readonly string[];
  readonly sessionsLost: number;
  readonly longestGapMs: number;
}

/** What GET /migration tells, as far as it is looked at here. */
interface Standing {
  readonly phase: string;
  readonly leader?: string;
  readonly zxid: string;
  readonly isExact: boolean;
  readonly transactions: number;
  readonly digestsCompared: number;
  readonly nodes: number;
  readonly snapshots: number;
  readonly error?: string;
}

export const liveMigration: Scenario = {
  name: 'live-migration',
  proves:
    'a member follows a running Apache ZooKeeper through killed leaders, is called off without a trace, and takes over under writers, to be joined by others; they lose no write, ephemeral node or session',
  against: ['rookery'],
  needs: ['python', 'java'],
  run: async (context) => {
    zookeeper.prepare((line) => context.note(line));
    const former = await Ensemble.start(zookeeper);
    let next: Ensemble | undefined;
    try {
      next = await Ensemble.create(migrating(former, context.folder));
      const hosts = connectString([...former.endpoints, ...next.endpoints]);
      const clients = new Program(context.python(), [clientsScript, String(CLIENTS)], { HOSTS: hosts });
      try {
        return await move(context, former, next, clients);
      } finally {
        clients.kill();
      }
    } finally {
      await next?.remove();
      await former.remove();
    }
  },
};

async function move(context: Context, former: Ensemble, next: Ensemble, clients: Program): Promise<string> {
  const member = next.members[0]!;
  await progress(clients);
  await callOff(context, member, clients);
  member.start();
  await followed(member);
  await faults(context, former, member, clients);
  const before = await followed(member);
  await progress(clients);
  notePids(former, context.folder);
  // From here on the longest gap is measured: what a killed leader of ZooKeeper's costs is not this member's.
  clients.write('');
  const beganMs = performance.now();
  const fenced = await control(member, 'POST', '/cut');
  const fencedMs = performance.now();
  assert.equal(fenced.error, undefined, 'the cut is refused');
  await member.serving(FOLLOW_TIMEOUT_MS);
  const servingMs = performance.now();
  await progress(clients);
  await Promise.all(former.members.map(({ exited }) => exited));
  for (const other of next.members.slice(1)) other.start();
  await next.serving();
  await progress(clients);
  clients.write(connectString([next.members[2]!.endpoint]));
  const account = JSON.parse(await clients.line('account ', ACCOUNT_TIMEOUT_MS)) as Account;
  assert.deepEqual(account.writesLost, [], 'acknowledged writes are lost');
  assert.deepEqual(account.ephemeralsLost, [], 'ephemeral nodes are lost');
  assert.equal(account.sessionsLost, 0, 'sessions are lost');
  assert.ok(
    account.longestGapMs <= context.tier.takeOverGapMs,
    `a client went ${account.longestGapMs} ms without an acknowledgement`,
  );
  const took = `${ms(fencedMs - beganMs)} to the fence, ${ms(servingMs - fencedMs)} from there to clients`;
  const digests = `${before.digestsCompared} digests of ${before.transactions} transactions compared`;
  return `${account.acknowledged} writes of ${account.clients} sessions acknowledged, 0 lost, ephemeral nodes and sessions lost 0; ${took}, longest gap ${account.longestGapMs} ms; ${before.nodes} nodes, ${digests}`;
}

/** It follows, is called off, and nothing is left of it. */
async function callOff(context: Context, member: Member, clients: Program): Promise<void> {
  member.start();
  await followed(member);
  await progress(clients);
  const { phase } = await control(member, 'POST', '/call-off');
  assert.equal(phase, 'called-off');
  assert.equal((await member.exited).code, 0);
  const data = join(member.plan.folder, 'data');
  const left = existsSync(data) ? readdirSync(data).filter((name) => name !== 'myid') : [];
  assert.deepEqual(
    left.filter((name) => !name.startsWith('lock')),
    [],
    'data are left behind',
  );
  await progress(clients);
  context.note('called off; the former ensemble goes on');
}

async function faults(context: Context, former: Ensemble, member: Member, clients: Program): Promise<void> {
  const leader = await former.leader();
  await leader.kill();
  await progress(clients);
  const after = await followed(member);
  assert.equal(after.snapshots, 1, 'what it holds is not continued from the next leader');
  leader.start();
  await former.serving();
  context.note('went on with the next leader from where it was');
  await member.kill();
  await progress(clients);
  member.start();
  await followed(member);
  context.note('killed and started again, it follows');
  const follower = (await former.followersFirst())[0]!;
  await follower.stop();
  await progress(clients);
  follower.start();
  await former.serving();
  assert.equal((await followed(member)).snapshots, 1);
}

/** It holds, exactly, what the leader has; resolves with what it says then. */
async function followed(member: Member): Promise<Standing> {
  const deadlineMs = performance.now() + FOLLOW_TIMEOUT_MS;
  for (;;) {
    const standing = await control(member, 'GET', '').catch(() => undefined);
    if (standing?.phase === 'following' && standing.isExact) return standing;
    if (performance.now() > deadlineMs)
      throw new Error(`it does not follow: ${JSON.stringify(standing)}; its log: ${member.plan.logFile}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function control(member: Member, method: string, path: string): Promise<Standing> {
  const answer = await fetch(`http://127.0.0.1:${member.plan.adminPort}/migration${path}`, { method });
  return (await answer.json()) as Standing;
}

/** Resolves once so many writes more were acknowledged. */
async function progress(clients: Program): Promise<void> {
  const wanted = acknowledged(clients) + WRITES_BETWEEN_STEPS;
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS;
  while (acknowledged(clients) < wanted) {
    if (clients.ended || performance.now() > deadlineMs)
      throw new Error(`clients make no progress:\n${clients.output.slice(-4000)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function acknowledged(clients: Program): number {
  return Number(clients.latest('acknowledged ') ?? 0);
}

/** The first member follows that ensemble; the others are started as ever, once it has taken over. */
function migrating(former: Ensemble, folder: string): System {
  const config = readFileSync(former.members[0]!.plan.config, 'utf8');
  const from = [...config.matchAll(/^server\.\d+=(.+:\d+):\d+$/gm)].map((match) => match[1]).join();
  const stop = `kill -TERM $(cat ${join(folder, 'pid-{id}')})`;
  return {
    ...rookery,
    memberCommand: (files) => {
      const { command, args, env } = rookery.memberCommand(files);
      if (!files.config.includes('member-1')) return { command, args, env };
      return { command, args: ['migrate-zookeeper', '--from', from, '--stop', stop, ...args], env };
    },
  };
}

/** By which the command to stop them finds them. */
function notePids(former: Ensemble, folder: string): void {
  for (const { serverId, pid } of former.members) writeFileSync(join(folder, `pid-${serverId}`), `${pid}\n`);
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}
