import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { Random } from '../../../testkit/src/random.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import { createFlags } from '../../../testkit/src/wire/requests.ts';
import { BackupCommand, type ListedBackup } from '../backup/backup-command.ts';
import type { Context, Scenario } from '../scenario.ts';

const WRITERS = 4;
const HOLDERS = 5;
const BACKUPS = 6;
const WRITES_BETWEEN = 150;
const PROGRESS_TIMEOUT_MS = 60_000;
const MEMBERS_TIMEOUT_MS = 60_000;

export const backups: Scenario = {
  name: 'backups',
  proves:
    'backups of three members under writers, then the loss of all data: a new cluster of three has what was written up to a chosen write or time, nothing after it, no session and no ephemeral node, and later zxids',
  against: ['rookery'],
  needs: [],
  run: async (context) => {
    const key = randomBytes(32).toString('hex');
    context.secret('the key of the archive', key);
    const keyFile = join(context.folder, 'key');
    writeFileSync(keyFile, key, { mode: 0o600 });
    const archive = new BackupCommand(join(context.folder, 'archive'), ['--key-file', keyFile]);
    const ensemble = await context.startEnsemble();
    const random = new Random(context.seed);
    const holders = await holdEphemerals(ensemble);
    const writers = ensemble.endpoints.concat(ensemble.endpoints[0]!).map((at, i) => new Writer(at, i));
    assert.equal(writers.length, WRITERS);
    const taken = await backUpUnderLoad(context, ensemble, archive, writers);
    await Promise.all(writers.map((writer) => writer.stop()));
    const acknowledged = writers.flatMap((writer) => writer.acknowledged);
    for (const holder of holders) holder.drop();

    const verified = await archive.run('verify');
    assert.equal(verified.verified, taken.length);
    const lost = performance.now();
    await Promise.all(ensemble.members.map((member) => member.kill()));
    for (const member of ensemble.members) empty(member);

    // Between two backups, by a write; and the end of all of them.
    const inBetween = acknowledged.filter(
      ({ zxid }) => zxid > Number(taken[1]!.lastZxid) && zxid < Number(taken[4]!.lastZxid),
    );
    const chosen = inBetween[random.below(inBetween.length)]!;
    const results: string[] = [];
    for (const [what, flags, zxid] of [
      ['a write', ['--at-zxid', `0x${chosen.zxid.toString(16)}`], chosen.zxid],
      ['the end', [], Number(taken.at(-1)!.lastZxid)],
    ] as const) {
      for (const member of ensemble.members) empty(member);
      const beganMs = performance.now();
      const told = await archive.run('restore', [...flags, '--', ensemble.members[0]!.plan.config]);
      const restoredMs = performance.now() - beganMs;
      assert.equal(Number(told.zxid), zxid, what);
      assert.ok((told.endedEphemerals as number) >= HOLDERS, `ephemeral nodes: ${told.endedEphemerals}`);
      for (const member of ensemble.members) member.start();
      await ensemble.serving();
      await threeVoters(ensemble);
      const servingMs = performance.now() - beganMs;
      const verdict = await compare(ensemble, acknowledged, zxid);
      assert.equal(verdict.missing, 0, `${verdict.missing} writes of before ${what} are not there`);
      assert.equal(verdict.tooMany, 0, `${verdict.tooMany} writes of after ${what} are there`);
      await laterZxids(ensemble, Math.max(...acknowledged.map((each) => each.zxid)));
      results.push(
        `${what}: ${verdict.kept} writes kept, ${verdict.lost} after it gone, restored in ${Math.round(restoredMs)} ms, three members after ${Math.round(servingMs)} ms`,
      );
      context.note(results.at(-1)!);
      await Promise.all(ensemble.members.map((member) => member.kill()));
    }
    context.note(`${Math.round(performance.now() - lost)} ms from the loss on`);
    return `${taken.length} backups of ${acknowledged.length} acknowledged writes; ${results.join('; ')}`;
  },
};

/** From each member in turn, the first one and one more with a snapshot; a member is killed on the way. */
async function backUpUnderLoad(
  context: Context,
  ensemble: Ensemble,
  archive: BackupCommand,
  writers: readonly Writer[],
): Promise<readonly ListedBackup[]> {
  for (let i = 0; i < BACKUPS; i++) {
    await progress(writers);
    const others = ensemble.members.map((_, at) => ensemble.members[(i + at) % ensemble.members.length]!);
    const urls = others.map(({ plan }) => `http://127.0.0.1:${plan.adminPort}`);
    if (i === 2) {
      // The first one that is asked is away: the next one gives it.
      await others[0]!.kill();
      await archive.run('create', ['--member', ...urls]);
      others[0]!.start();
      await ensemble.serving();
    } else await archive.run('create', [...(i === 3 ? ['--full'] : []), '--member', ...urls]);
  }
  await progress(writers);
  const listed = await archive.list();
  assert.equal(listed.length, BACKUPS);
  assert.deepEqual(
    listed.map(({ snapshotIndex }) => snapshotIndex !== null),
    [true, false, false, true, false, false],
    'which of them have a snapshot',
  );
  context.note(`${BACKUPS} backups under ${sum(writers)} writes`);
  return listed;
}

interface Write {
  readonly path: string;
  readonly zxid: number;
}

/** Creates one node after the other, and notes each with the zxid by which it was acknowledged. */
class Writer {
  readonly acknowledged: Write[] = [];
  readonly #number: number;
  readonly #done: Promise<void>;
  #stopping = false;

  constructor(at: Endpoint, number: number) {
    this.#number = number;
    this.#done = this.#run(at);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
  }

  async #run(at: Endpoint): Promise<void> {
    for (let i = 0, life = 0; !this.#stopping; life++) {
      const session = await connected(at);
      try {
        for (; !this.#stopping; i++) {
          const path = `/w-${this.#number}-${life}-${i}`;
          await session.create(path, Buffer.from(path));
          const { stat } = await session.get(path);
          this.acknowledged.push({ path, zxid: stat.czxid });
        }
        await session.close();
      } catch {
        // Its member was killed: what it was about to hear counts for nothing.
        session.drop();
        i++;
      }
    }
  }
}

async function connected(at: Endpoint): Promise<ClientSession> {
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS;
  for (;;) {
    try {
      return await ClientSession.connect(at);
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await pause(50);
    }
  }
}

/** At members that are not killed meanwhile. */
async function holdEphemerals(ensemble: Ensemble): Promise<readonly ClientSession[]> {
  const sessions: ClientSession[] = [];
  for (let i = 0; i < HOLDERS; i++) {
    const session = await ClientSession.connect(ensemble.endpoints[i % 2]!);
    await session.create(`/held-${i}`, Buffer.from('by nobody later'), createFlags.ephemeral);
    sessions.push(session);
  }
  return sessions;
}

function sum(writers: readonly Writer[]): number {
  return writers.reduce((total, { acknowledged }) => total + acknowledged.length, 0);
}

async function progress(writers: readonly Writer[]): Promise<void> {
  const wanted = sum(writers) + WRITES_BETWEEN;
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS;
  while (sum(writers) < wanted) {
    assert.ok(performance.now() < deadlineMs, `no ${WRITES_BETWEEN} writes in ${PROGRESS_TIMEOUT_MS} ms`);
    await pause(10);
  }
}

/** All that is in its data folder, but for who it is. */
function empty({ plan }: Member): void {
  const data = join(plan.folder, 'data');
  for (const name of readdirSync(data))
    if (name !== 'myid') rmSync(join(data, name), { recursive: true, force: true });
}

async function threeVoters({ members }: Ensemble): Promise<void> {
  const deadlineMs = performance.now() + MEMBERS_TIMEOUT_MS;
  for (;;) {
    const answers = await Promise.all(
      members.map(async ({ plan }) => {
        const answer = await fetch(`http://127.0.0.1:${plan.adminPort}/admin/members`);
        return (await answer.json()) as { self: { role: string; ready: boolean } };
      }),
    );
    if (answers.every(({ self }) => self.ready && /^(?:leader|follower)$/.test(self.role))) return;
    assert.ok(
      performance.now() < deadlineMs,
      `not all of them vote: ${JSON.stringify(answers.map(({ self }) => self.role))}`,
    );
    await pause(50);
  }
}

interface Verdict {
  readonly kept: number;
  readonly lost: number;
  readonly missing: number;
  readonly tooMany: number;
}

/** Of what was acknowledged up to the zxid all has to be there, on each member, and of what came later nothing. */
async function compare(ensemble: Ensemble, acknowledged: readonly Write[], zxid: number): Promise<Verdict> {
  const before = acknowledged.filter((write) => write.zxid <= zxid);
  const after = acknowledged.filter((write) => write.zxid > zxid);
  let [missing, tooMany] = [0, 0];
  for (const endpoint of ensemble.endpoints) {
    const session = await ClientSession.connect(endpoint);
    await session.sync('/');
    const there = new Set(await session.children('/'));
    missing += before.filter(({ path }) => !there.has(path.slice(1))).length;
    tooMany += after.filter(({ path }) => there.has(path.slice(1))).length;
    assert.deepEqual(
      [...there].filter((name) => name.startsWith('held-')),
      [],
      'an ephemeral node is there',
    );
    for (const { path, zxid: czxid } of before.slice(-50)) {
      const { data, stat } = await session.get(path);
      assert.equal(data.toString(), path);
      assert.equal(stat.czxid, czxid);
    }
    await session.close();
  }
  return { kept: before.length, lost: after.length, missing, tooMany };
}

async function laterZxids(ensemble: Ensemble, seen: number): Promise<void> {
  const session = await ClientSession.connect(ensemble.endpoints[0]!);
  const path = await session.create('/after-', Buffer.alloc(0), createFlags.persistentSequential);
  const { stat } = await session.get(path);
  assert.ok(stat.czxid > seen, `zxid ${stat.czxid} after ${seen}`);
  await session.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
