import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, Shell } from '../shell.ts';

let shell: Shell;

beforeAll(async () => {
  shell = await Shell.open();
  await plant(shell.zk, { '/app': '', '/app/worker-1': '', '/app/worker-2': '', '/app/other': '' });
  await plant(shell.other, { '/there': '' });
});

afterAll(() => shell[Symbol.asyncDispose]());

const complete = async (line: string): Promise<string> => (await shell.run('__complete', line)).out;

describe('completion', () => {
  test('asks the ensemble for paths', async () => {
    expect(await complete('rookery ls ')).toBe('/\n');
    expect(await complete('rookery ls /a')).toBe('/app\n');
    expect(await complete('rookery ls /app/w')).toBe('/app/worker-1\n/app/worker-2\n');
    expect(await complete('rookery get --stat /app/o')).toBe('/app/other\n');
    expect(await complete('rookery cp -r /app other:2181/th')).toBe('other:2181/there\n');
    expect(await complete('rookery ls --server other:2181 /th')).toBe('/there\n');
    expect(await complete('rookery --server=127.0.0.1:2181/app ls /wor')).toBe('/worker-1\n/worker-2\n');
  });

  test('knows commands, options and choices', async () => {
    expect(await complete('rookery wh')).toBe('whoami \n');
    expect(await complete('rookery acl ')).toBe('get \nset \n');
    expect(await complete('rookery find / --la')).toBe('--larger \n');
    expect(await complete('rookery completion z')).toBe('zsh \n');
  });

  test('says nothing where only the user knows', async () => {
    expect(await complete('rookery set /app ')).toBe('');
    expect(await complete('rookery find --name ')).toBe('');
    expect((await shell.run('__complete', 'rookery ls nobody:1/x')).out).toBe('');
  });
});

describe('the command line', () => {
  test.each([
    [[], 'which command? see: rookery --help'],
    [['lx', '/'], "unknown command 'lx' (Did you mean ls?); see: rookery --help"],
    [['ls'], "missing required argument 'path'; see: rookery --help"],
    [['ls', '/', '--lang'], "unknown option '--lang' (Did you mean --long?); see: rookery --help"],
    [['ls', 'app'], '"app" is no path: /PATH is expected, or HOST:PORT/PATH for another ensemble'],
    [['ls', '/a//b'], '"/a//b" is no path: it has an empty name'],
    [
      ['ls', '/', '--timeout', 'x'],
      '"x" is no time: a number with ms, s, m, h, d or w is expected, as in 5m',
    ],
    [['ls', '/', '--ca', '/no/file'], expect.stringMatching(/^\/no\/file cannot be read: ENOENT/)],
    [['ls', '/', '--key', 'x'], '--cert FILE and --key FILE go together'],
    [['find', '/', '--larger', 'much'], expect.stringMatching(/^"much" is no size/)],
  ])('%j is told what is wrong, in one line, with exit code 2', async (argv, line) => {
    const { code, out, err } = await shell.run(...argv);
    expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
    expect(err.trim().replace('rookery: ', '')).toEqual(line);
  });

  test('help and version are answers', async () => {
    expect(await shell.run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes:') });
    expect(await shell.run('set', '--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('@FILE'),
    });
    expect((await shell.run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('colours are for terminals, and not with NO_COLOR', async () => {
    const argv = ['ls', '-l', '/app'];
    const isPainted = (text: string): boolean => text.includes('\u001b[');
    expect(isPainted((await shell.run(...argv)).out)).toBe(false);
    expect(isPainted((await shell.runWith({ terminal: true }, ...argv)).out)).toBe(true);
    const plain = await shell.runWith({ terminal: true, env: { NO_COLOR: '1' } }, ...argv);
    expect(isPainted(plain.out)).toBe(false);
  });

  test('an ensemble that does not answer is exit code 3, in the time that was given', async () => {
    shell.server.cutOff();
    const { code, err } = await shell.run('ls', '/', '--timeout', '50ms');
    shell.server.reconnect();
    expect(code).toBe(3);
    expect(err).toMatch(/^rookery: connect: no session within 50 ms: .*; is a server running there.*\n$/);
  });
});
