/**
 * `make run`: three members on this machine, as an operator would start them: a zoo.cfg and a myid each, one rookery-server process
 * each. Ends when all have ended; Ctrl-C and SIGTERM stop them cleanly. Exit 1 where one ended by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const dataRoot = resolve(process.env.ROOKERY_DATA ?? join(root, '.rookery'));
const launcher = join(root, 'node_modules', '.bin', 'rookery-server');
const serverIds = [1, 2, 3];
const clientPort = (serverId: number) => 2180 + serverId;
const httpPort = (serverId: number) => 8080 + serverId;
const STARTUP_POLL_MS = 100;

function prepare(serverId: number): string {
  const folder = join(dataRoot, String(serverId));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'myid'), `${serverId}\n`);
  const lines = [
    'tickTime=2000',
    'initLimit=10',
    'syncLimit=5',
    `dataDir=${folder}`,
    `clientPort=${clientPort(serverId)}`,
    'clientPortAddress=127.0.0.1',
    `admin.serverPort=${httpPort(serverId)}`,
    '4lw.commands.whitelist=srvr,mntr,ruok,isro,stat,conf',
    ...serverIds.map(
      (other) => `server.${other}=127.0.0.1:${2887 + other}:${3887 + other};127.0.0.1:${clientPort(other)}`,
    ),
  ];
  const file = join(folder, 'zoo.cfg');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

let stopping = false;
let failed = false;
const children = new Map<number, ChildProcess>();

function stop(): void {
  if (stopping) return;
  stopping = true;
  // A second Ctrl-C reaches the members themselves and ends them at once.
  for (const child of children.values()) child.kill('SIGTERM');
}

function start(serverId: number): void {
  const child = spawn(launcher, [prepare(serverId)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  children.set(serverId, child);
  child.on('error', (error) => {
    console.error(`member ${serverId} cannot be started: ${error.message}; run make setup`);
    failed = true;
    stop();
  });
  child.on('exit', (code, signal) => {
    children.delete(serverId);
    if (!stopping) {
      console.error(
        `member ${serverId} ended by itself (${signal ?? `exit ${code}`}); the others are stopped`,
      );
      failed = true;
      stop();
    }
  });
}

async function isReady(serverId: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${httpPort(serverId)}/health/ready`);
    return response.ok;
  } catch {
    return false;
  }
}

async function announceWhenReady(): Promise<void> {
  while (!stopping) {
    const ready = await Promise.all(serverIds.map(isReady));
    if (ready.every(Boolean)) break;
    await new Promise((wake) => setTimeout(wake, STARTUP_POLL_MS));
  }
  if (stopping) return;
  const connect = serverIds.map((serverId) => `127.0.0.1:${clientPort(serverId)}`).join(',');
  console.log(`
Rookery: three members serve on ${connect}
  data     ${dataRoot} (kept: start again and it is there)
  page     http://127.0.0.1:${httpPort(1)}/ (members, roles, lag; also on ${httpPort(2)} and ${httpPort(3)})
  kazoo    python3 -c "from kazoo.client import KazooClient as K; z = K('${connect}'); z.start(); z.ensure_path('/hello'); print(z.get_children('/'))"
  zkCli    zkCli.sh -server ${connect}    then: create /greeting hello, get /greeting, ls /
  stop     Ctrl-C
`);
}

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
for (const serverId of serverIds) start(serverId);
await announceWhenReady();
await Promise.all([...children.values()].map((child) => new Promise((ended) => child.once('exit', ended))));
console.log(failed ? 'Rookery: stopped after a failure.' : 'Rookery: stopped cleanly; the data is kept.');
process.exit(failed ? 1 : 0);
