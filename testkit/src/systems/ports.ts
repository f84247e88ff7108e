import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cacheFolder } from '../cache.ts';

/** Ours: away from ZooKeeper's 2181 and from the range that the kernel hands out for outgoing connections. */
const FIRST_PORT = 23_000;
const LAST_PORT = 23_999;

const folder = cacheFolder('ports');
const reserved = new Set<string>();
let next = FIRST_PORT + (process.pid % 90) * 10;

process.on('exit', () => {
  for (const file of reserved) rmSync(file, { force: true });
});

/**
 * Ports of 127.0.0.1 that nothing listens on now, and that no other run on this machine is given until this process
 * ends: a member that was killed finds its port again when it is restarted.
 */
export async function reservePorts(count: number): Promise<number[]> {
  mkdirSync(folder, { recursive: true });
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried++) {
    if (tried > LAST_PORT - FIRST_PORT)
      throw new Error(`no ${count} free ports in ${FIRST_PORT}–${LAST_PORT}`);
    if (reserve(next) && (await isFree(next))) ports.push(next);
    next = next === LAST_PORT ? FIRST_PORT : next + 1;
  }
  return ports;
}

/** As `reservePorts`, but the ports follow each other: resolves with the first of `count`. */
export async function reservePortRange(count: number): Promise<number> {
  const seen = new Set<number>();
  while (seen.size <= LAST_PORT - FIRST_PORT) {
    const [port = FIRST_PORT] = await reservePorts(1);
    seen.add(port);
    let length = 1;
    while (seen.has(port - length)) length++;
    if (length === count) return port - count + 1;
  }
  throw new Error(`no ${count} free ports in a row in ${FIRST_PORT}–${LAST_PORT}`);
}

/** A file per port holds the process that has it; that of a process that is gone counts for nothing. */
function reserve(port: number): boolean {
  const file = join(folder, String(port));
  if (reserved.has(file)) return false;
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    if (isRunning(Number(readIfThere(file)))) return false;
    writeFileSync(file, String(process.pid));
  }
  reserved.add(file);
  return true;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
