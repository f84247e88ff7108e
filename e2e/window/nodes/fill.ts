import type { Client } from '@rookery/client';

/** Creates on their way at a time: enough for a batch of each turn, little enough for any member. */
const AHEAD = 2_000;

/** Creates `<parent>/<name>-000000` and so on, `count` of them, each with `value`; the parent is there. */
export async function fill(
  client: Client,
  parent: string,
  count: number,
  name = 'node',
  value: Uint8Array | string = '',
): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const path = `${parent}/${childName(name, next++)}`;
      await client.create(path, value);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AHEAD, count) }, one));
}

/** Names in the order of their numbers. */
export function childName(name: string, number: number): string {
  return `${name}-${String(number).padStart(7, '0')}`;
}

/** Creates a node with all that is missing above it. */
export async function plant(client: Client, path: string, value: Uint8Array | string = ''): Promise<void> {
  const segments = path.split('/').slice(1);
  for (let depth = 1; depth < segments.length; depth++) {
    const above = `/${segments.slice(0, depth).join('/')}`;
    if ((await client.exists(above)) === undefined) await client.create(above);
  }
  await client.create(path, value);
}
