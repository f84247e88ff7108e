import { describe, expect, test } from 'vitest';
import { CommandLineError, readCommandLine, UsageRequested } from '../src/command-line.ts';

describe('the command line', () => {
  test('needs nothing', () => {
    expect(readCommandLine([], {})).toEqual({
      namespaces: [],
      serverImage: 'rookery-server',
      certManager: false,
      leaderElect: true,
      leaseNamespace: undefined,
      podName: undefined,
      httpHost: '::',
      httpPort: 8080,
      logLevel: 'info',
    });
  });

  test('flags come before variables', () => {
    const environment = {
      ROOKERY_NAMESPACES: 'a, b',
      ROOKERY_HTTP_PORT: '1',
      POD_NAME: 'p',
      ROOKERY_LEADER_ELECT: 'false',
      ROOKERY_CERT_MANAGER: 'true',
    };
    const config = readCommandLine(
      ['--http-port', '2', '--server-image', 'r.example.com:5000/x'],
      environment,
    );
    expect(config).toMatchObject({
      namespaces: ['a', 'b'],
      httpPort: 2,
      podName: 'p',
      leaderElect: false,
      certManager: true,
      serverImage: 'r.example.com:5000/x',
    });
  });

  test.each([[['--leader-elect']], [['--leader-elect', 'true']], [['--leader-elect=true']]])(
    '%s elects',
    (argv) => {
      expect(readCommandLine(argv, { ROOKERY_LEADER_ELECT: 'false' }).leaderElect).toBe(true);
    },
  );

  test.each([
    [['--namespaces', 'A_B'], {}, '"A_B" is no name of a namespace'],
    [['--http-port', '70000'], {}, 'write a port from 0 to 65535'],
    [['--server-image', 'x:1.0'], {}, 'without tag and digest'],
    [['--log-level', 'loud'], {}, 'write one of debug, info, warn, error'],
    [['--leader-elect=maybe'], {}, 'write true or false'],
    [[], { ROOKERY_HTTP_PORT: 'x' }, 'ROOKERY_HTTP_PORT=x: write a port'],
    [['--nonsense'], {}, "unknown option '--nonsense'"],
    [['nonsense'], {}, 'too many arguments'],
  ] as const)('%s %o is refused with what to write instead', (argv, environment, message) => {
    expect(() => readCommandLine(argv, environment)).toThrow(CommandLineError);
    expect(() => readCommandLine(argv, environment)).toThrow(message);
  });

  test('--help names every flag and its variable', () => {
    let text = '';
    try {
      readCommandLine(['--help'], {});
    } catch (error) {
      if (error instanceof UsageRequested) text = error.text.replace(/\s+/g, ' ');
    }
    for (const word of [
      '--namespaces <list>',
      '[ROOKERY_NAMESPACES]',
      '--server-image',
      '--cert-manager',
      '--leader-elect',
      '--http-port',
      '[POD_NAME]',
    ]) {
      expect(text).toContain(word);
    }
  });
});
