import { createServer } from 'node:net';

/** Ours: away from ZooKeeper's 2181 and from the range that the kernel hands out for outgoing connections. */
const FIRST_PORT = 23_000;
const LAST_PORT = 23_999;

let next = FIRST_PORT + (process.pid % 90) * 10;

/** Ports of 127.0.0.1 that nothing listens on now; never the same one twice in a process until all were used. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried++) {
    if (tried > LAST_PORT - FIRST_PORT)
      throw new Error(`no ${count} free ports in ${FIRST_PORT}–${LAST_PORT}`);
    if (await isFree(next)) ports.push(next);
    next = next === LAST_PORT ? FIRST_PORT : next + 1;
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
