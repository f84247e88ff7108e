/** Load of the package @rookery/client over one connection. What it is told and prints: ceilings/run.ts. */
import { connect } from '@rookery/client';

const { HOSTS = '', WORK, PATH_OF_NODE = '' } = process.env;
const [seconds, depth, bytes] = [process.env.SECONDS, process.env.DEPTH, process.env.BYTES].map(Number) as [
  number,
  number,
  number,
];

await using zk = await connect(HOSTS);
const value = Buffer.alloc(bytes, 'v');
const ask = WORK === 'set' ? () => zk.set(PATH_OF_NODE, value) : () => zk.get(PATH_OF_NODE);
let operations = 0;
const began = performance.now();
const endsAt = began + seconds * 1000;

async function lane(): Promise<void> {
  while (performance.now() < endsAt) {
    await ask();
    operations++;
  }
}

await Promise.all(Array.from({ length: depth }, lane));
console.log(`done ${operations} ${(performance.now() - began) / 1000}`);
await new Promise((resolve) => process.stdin.resume().once('end', resolve));
