import { createServer } from 'node:net';

/*
 * Below the range (32768 and up) from which the system takes ports for outgoing connections and for listeners that ask for any: such a
 * one might be taken between being found free and being listened on. Each worker of the tests has a block of its own.
 */
const firstPort = 12_000;
const portsPerWorker = 1_000;
const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 20;
/** Another run of the tests on this machine begins elsewhere in its block. */
let next = process.pid % portsPerWorker;

/** A port of this machine that nobody listens on just now; another one at each call. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsPerWorker; tries++) {
    next = (next + 1) % portsPerWorker;
    const port = firstPort + worker * portsPerWorker + next;
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${portsPerWorker} ports from ${firstPort + worker * portsPerWorker} on is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
