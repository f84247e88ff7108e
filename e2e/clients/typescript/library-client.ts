/** The package @rookery/client. What it prints and is told: libraries/library-client.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, isCoordinationError, type Watcher } from '@rookery/client';
import { checkAll } from './checks.ts';
import { openSession, root } from './session.ts';

const PAUSE_MS = 10;
const TELL_EVERY_MS = 100;
const WATCHED = ['data', 'listed', 'absent'] as const;
type Watched = (typeof WATCHED)[number];

let isEnded = false;
let connectionsLost = 0;
let sessionsLost = 0;

/** Leaves a watch, and says what is there. */
async function look(zk: Client, name: Watched, fired: Watched[]): Promise<string | number> {
  const path = `${root}/${name}`;
  const watcher: Watcher = { changed: () => fired.push(name), lost: () => undefined };
  if (name === 'data') return String((await zk.get(path, { watcher })).data);
  if (name === 'absent') return (await zk.exists(path, { watcher })) === undefined ? 'gone' : 'there';
  return (await zk.children(path, { watcher })).names.length;
}

/** Where it is in doubt whether the node was made it is there then, or is made now. */
async function write(zk: Client, number: number): Promise<void> {
  for (let isInDoubt = false; ; ) {
    try {
      await zk.create(`${root}/writes/${number}`);
      return;
    } catch (error) {
      if (isInDoubt && isCoordinationError(error, 'NODE_EXISTS')) return;
      if (!isCoordinationError(error) || error.retry === 'no') throw error;
      isInDoubt ||= error.retry === 'in-doubt';
    }
  }
}

async function followTree(zk: Client): Promise<void> {
  let events = 0;
  for await (const change of zk.watch(`${root}/tree`, { recursive: true })) {
    if (change.type === 'created') console.log(`event tree ${++events} ${change.path}`);
  }
}

/** Watches, an ephemeral node, and writes until standard input ends. */
async function load(zk: Client): Promise<void> {
  for (const name of ['data', 'listed', 'tree', 'writes']) await zk.create(`${root}/${name}`);
  await zk.create(`${root}/own`, '', { kind: 'ephemeral' });
  const fired: Watched[] = [];
  const seen: Partial<Record<Watched, number>> = {};
  for (const name of WATCHED) await look(zk, name, fired);
  const following = followTree(zk);
  const session = zk.session.id.toString(16);
  console.log(`session ${session}\nready`);
  let writes = 0;
  let longestGapMs = 0;
  let acknowledgedMs = performance.now();
  let toldMs = acknowledgedMs;
  for (let isLast = false; !isLast; await pause(PAUSE_MS)) {
    isLast = isEnded;
    for (let name = fired.shift(); name !== undefined; name = fired.shift()) {
      const what = await look(zk, name, fired);
      seen[name] = (seen[name] ?? 0) + 1;
      console.log(`event ${name} ${seen[name]} ${what}`);
    }
    await write(zk, writes + 1);
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, Math.round(nowMs - acknowledgedMs));
    acknowledgedMs = nowMs;
    writes += 1;
    if (!isLast && nowMs - toldMs < TELL_EVERY_MS) continue;
    toldMs = nowMs;
    console.log(`progress ${JSON.stringify({ writes, connectionsLost, sessionsLost, longestGapMs })}`);
  }
  console.log(`ended ${session}`);
  await zk.close();
  await following;
}

process.stdin.resume().once('end', () => {
  isEnded = true;
});
try {
  const zk = await openSession();
  zk.onState((state) => {
    if (state === 'suspended') connectionsLost += 1;
    if (state === 'lost') sessionsLost += 1;
  });
  await zk.create(root);
  await checkAll(zk);
  await load(zk);
  process.exit(0);
} catch (error) {
  console.log(`failed ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
