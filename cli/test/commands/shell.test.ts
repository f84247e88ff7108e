import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, Shell } from '../shell.ts';

let shell: Shell;

beforeAll(async () => {
  shell = await Shell.open();
  await plant(shell.zk, { '/app': 'hello', '/app/a': '' });
  await plant(shell.other, { '/there': '' });
});

afterAll(() => shell[Symbol.asyncDispose]());

const typed = (lines: readonly string[], ...more: string[]) =>
  shell.runWith({ stdin: `${lines.join('\n')}\n` }, 'shell', ...more);

describe('the shell', () => {
  test('runs a command for each line, until they end', async () => {
    expect(await typed(['ls /app', '', '# nothing', 'create "/app/with blank" 1', 'ls /app'])).toEqual({
      code: 0,
      out: 'a\n/app/with blank\na\nwith blank\n',
      err: '',
    });
  });

  test('goes on behind a command that fails, and ends with the exit code of the last one', async () => {
    const { code, out, err } = await typed(['get /none', 'nonsense', 'get /app --json']);
    expect(code).toBe(0);
    expect(out).toContain('"text":"hello"');
    expect(err).toMatch(/^rookery: get \/none: .*\nrookery: unknown command 'nonsense'/);
    expect((await typed(['get /none'])).code).toBe(1);
    expect(await typed(['exit', 'ls /'])).toMatchObject({ code: 0, out: '' });
  });

  test('says to each command what it was told itself', async () => {
    expect((await typed(['ls /'], '--server', 'other:2181')).out).toBe('there\nzookeeper\n');
    expect((await typed(['ls /app'], '--json')).out).toMatch(/^\{"name":"a","path":"\/app\/a"\}\n/);
    const { err } = await typed(['status'], '--admin', '127.0.0.1:1');
    expect(err).toMatch(/no member's HTTP could be reached \(127\.0\.0\.1:1: /);
  });

  test('gives the next line to a command that reads', async () => {
    await typed(['set /app/a -', 'a value that was typed', 'ls /']);
    expect(String((await shell.zk.get('/app/a')).data)).toBe('a value that was typed\n');
  });

  test('asks whoever sits at a terminal, shows what can be typed, and says no more to one that is done', async () => {
    await plant(shell.zk, { '/gone': '', '/gone/a': '' });
    const stdin = 'rm -r /gone\ny\nls /\n';
    const { code, err } = await shell.runWith({ stdin, terminal: true, env: { NO_COLOR: '1' } }, 'shell');
    expect(code).toBe(0);
    expect(err).toContain('rookery> ');
    expect(err).toMatch(/Remove .*\[y\/N\]/);
    expect(await shell.zk.exists('/gone')).toBeUndefined();
  });
});
