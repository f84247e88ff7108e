/** Load of node-zookeeper-client over one connection. What it is told and prints: ceilings/run.ts. */
import { createClient } from 'node-zookeeper-client';

const { HOSTS, WORK, PATH_OF_NODE } = process.env;
const [seconds, depth, bytes] = [process.env.SECONDS, process.env.DEPTH, process.env.BYTES].map(Number);
const client = createClient(HOSTS);
const value = Buffer.alloc(bytes, 'v');
let operations = 0;
let lanes = depth;

client.once('connected', () => {
  const began = performance.now();
  const endsAt = began + seconds * 1000;
  const next = (error) => {
    if (error) throw error;
    operations += 1;
    if (performance.now() < endsAt) ask();
    else if (--lanes === 0) console.log(`done ${operations - depth} ${(performance.now() - began) / 1000}`);
  };
  const ask =
    WORK === 'set'
      ? () => client.setData(PATH_OF_NODE, value, -1, next)
      : () => client.getData(PATH_OF_NODE, next);
  for (let i = 0; i < depth; i++) next();
});
client.connect();
process.stdin.resume().once('end', () => process.exit(0));
