/**
 * Inserts into the table TABLE over HTTP at PORTS, one port after the other where one refuses. An insert is tried again until it is acknowledged: ClickHouse
 * knows by ZooKeeper which ones it has. What it prints: ../../load.ts, and `insert N` for each that was acknowledged.
 */
import { query } from './query.ts';
import { rowsOf } from './rows.ts';

const WRITERS = 2;
const PAUSE_MS = 100;
const TIMEOUT_MS = 20_000;
const TOLD_EVERY_MS = 100;

const { TABLE = '', PORTS = '' } = process.env;
const ports = PORTS.split(',').map(Number);
let acknowledged = 0;
let next = 0;
let latestMs = performance.now();
let longestGapMs = 0;
let stopping = false;

async function write(preferred: number): Promise<void> {
  while (!stopping) {
    const insert = next++;
    for (let attempt = preferred; !(await isAccepted(insert, ports[attempt % ports.length]!)); attempt++) {
      if (stopping) return;
      await pause();
    }
    console.log(`insert ${insert}`);
    acknowledged++;
    longestGapMs = Math.max(longestGapMs, performance.now() - latestMs);
    latestMs = performance.now();
    await pause();
  }
}

async function isAccepted(insert: number, port: number): Promise<boolean> {
  try {
    await query(port, `INSERT INTO ${TABLE} FORMAT TabSeparated`, TIMEOUT_MS, rowsOf(insert));
    return true;
  } catch (error) {
    console.error(`insert ${insert} at ${port}: ${error}`);
    return false;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

console.log('ready');
const telling = setInterval(() => console.log(`acknowledged ${acknowledged}`), TOLD_EVERY_MS);
process.stdin.resume().once('end', () => {
  stopping = true;
});
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
clearInterval(telling);
longestGapMs = Math.round(Math.max(longestGapMs, performance.now() - latestMs));
console.log(`end ${JSON.stringify({ acknowledged, longestGapMs })}`);
