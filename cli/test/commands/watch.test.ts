import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Output } from '../../src/surroundings.ts';
import { plant, type Ran, Shell } from '../shell.ts';

let shell: Shell;

beforeEach(async () => {
  shell = await Shell.open();
  await plant(shell.zk, { '/app': '' });
});

afterEach(() => shell[Symbol.asyncDispose]());

/** A run whose lines are read as they come. */
class Watching {
  readonly #stop = new AbortController();
  readonly #lines: AsyncIterator<string>;
  readonly stream: Output;
  readonly ended: Promise<Ran>;

  constructor(...argv: string[]) {
    const stream = new PassThrough();
    this.stream = stream;
    this.#lines = linesOf(stream);
    this.ended = shell.runWith({ stdout: stream, signal: this.#stop.signal }, 'watch', ...argv);
  }

  async line(): Promise<string> {
    return (await this.#lines.next()).value as string;
  }

  interrupt(): Promise<Ran> {
    this.#stop.abort();
    return this.ended;
  }
}

async function* linesOf(stream: PassThrough): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

describe('watch', () => {
  test('tells each change as it comes, until Ctrl-C, which is its proper end', async () => {
    const watching = new Watching('/app');
    expect(await watching.line()).toBe('2026-01-01T01:00:00Z  watching  /app');
    await shell.zk.set('/app', 'x');
    expect(await watching.line()).toBe('2026-01-01T01:00:00Z  changed   /app');
    await shell.zk.create('/app/a');
    expect(await watching.line()).toBe('2026-01-01T01:00:00Z  children  /app');
    expect(await watching.interrupt()).toMatchObject({ code: 0, err: '' });
  });

  test('-r tells of all below, --json gives an object of each', async () => {
    const watching = new Watching('-r', '/app', '--json');
    expect(JSON.parse(await watching.line())).toMatchObject({ type: 'start', path: '/app', exists: true });
    const { stat } = await shell.zk.create('/app/a');
    expect(JSON.parse(await watching.line())).toEqual({ type: 'created', path: '/app/a', zxid: stat.czxid });
    await shell.zk.delete('/app/a');
    expect(JSON.parse(await watching.line())).toMatchObject({ type: 'deleted', path: '/app/a' });
    await watching.interrupt();
  });

  test('begins before there is such a node', async () => {
    const watching = new Watching('/none');
    expect(await watching.line()).toMatch(/ watching {2}\/none \(there is no such node yet\)$/);
    await shell.zk.create('/none');
    expect(await watching.line()).toMatch(/ created {3}\/none$/);
    await watching.interrupt();
  });

  test('goes on when the connection breaks, and says so', async () => {
    const watching = new Watching('/app');
    await watching.line();
    shell.server.breakConnections();
    await shell.zk.set('/app', 'x');
    expect(await watching.line()).toMatch(/ (changed|missed) /);
    const { code, err } = await watching.interrupt();
    expect(code).toBe(0);
    expect(err).toMatch(/^rookery: no connection: .*\nrookery: connected again by /);
  });

  test('ends when nobody reads it any more, silently', async () => {
    const watching = new Watching('/app');
    await watching.line();
    watching.stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await watching.ended).toMatchObject({ code: 0, err: '' });
  });
});
