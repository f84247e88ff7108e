/** The library node-zookeeper-client. What it prints and is told: libraries/library-client.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { CreateMode, Exception } from 'node-zookeeper-client';
import { checkAll } from './checks.js';
import { root, Session } from './session.js';

const PAUSE_MS = 10;
const TELL_EVERY_MS = 100;
const WATCHED = ['data', 'listed', 'absent'];

let isEnded = false;

/** Leaves a watch, and says what is there. */
async function look(session, name, fired) {
  const path = `${root}/${name}`;
  const watcher = () => fired.push(name);
  if (name === 'data') return ((await session.call('getData', path, watcher))[0] ?? '').toString();
  if (name === 'absent') return (await session.call('exists', path, watcher)) === null ? 'gone' : 'there';
  return (await session.call('getChildren', path, watcher))[0].length;
}

function isLost(error) {
  return error.getCode?.() === Exception.CONNECTION_LOSS;
}

async function untilAnswered(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isLost(error)) throw error;
      await pause(PAUSE_MS);
    }
  }
}

/** A connection that is lost leaves in doubt whether the node was made: it is there then, or is made now. */
async function write(session, number) {
  for (let isInDoubt = false; ; isInDoubt = true) {
    try {
      await session.create(`${root}/writes/${number}`);
      return;
    } catch (error) {
      if (isInDoubt && error.getCode?.() === Exception.NODE_EXISTS) return;
      if (!isLost(error)) throw error;
      await pause(PAUSE_MS);
    }
  }
}

/** Watches, an ephemeral node, and writes until standard input ends. */
async function load(session) {
  for (const name of ['data', 'listed', 'writes']) await session.create(`${root}/${name}`);
  await session.create(`${root}/own`, '', CreateMode.EPHEMERAL);
  const fired = [];
  const seen = {};
  for (const name of WATCHED) await look(session, name, fired);
  console.log(`session ${session.id}\nready`);
  let writes = 0;
  let longestGapMs = 0;
  let acknowledgedMs = performance.now();
  let toldMs = acknowledgedMs;
  for (let isLast = false; !isLast; await pause(PAUSE_MS)) {
    isLast = isEnded;
    for (let name = fired.shift(); name !== undefined; name = fired.shift()) {
      const watched = name;
      const what = await untilAnswered(() => look(session, watched, fired));
      seen[watched] = (seen[watched] ?? 0) + 1;
      console.log(`event ${watched} ${seen[watched]} ${what}`);
    }
    await write(session, writes + 1);
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, Math.round(nowMs - acknowledgedMs));
    acknowledgedMs = nowMs;
    writes += 1;
    if (!isLast && nowMs - toldMs < TELL_EVERY_MS) continue;
    toldMs = nowMs;
    const { connectionsLost, sessionsLost } = session;
    console.log(`progress ${JSON.stringify({ writes, connectionsLost, sessionsLost, longestGapMs })}`);
  }
  console.log(`ended ${session.id}`);
}

process.stdin.resume().once('end', () => {
  isEnded = true;
});
try {
  const session = await Session.connect();
  await session.create(root);
  await checkAll(session);
  await load(session);
  await session.close();
  process.exit(0);
} catch (error) {
  console.log(`failed ${error.message}`);
  process.exit(1);
}
