import { describe, expect, test } from 'vitest';
import { loadFrom, loadYaml, refusalOf } from './load-from.ts';

describe('HTTP', () => {
  const token = '0123456789abcdef';

  test('leaves loopback only with a token', () => {
    const { message } = refusalOf(() => loadYaml('http: {host: 0.0.0.0}'));
    expect(message).toBe(
      'rookery.yaml line 1: http.host: "0.0.0.0" can be reached from other machines, so http.token or http.tokenFile is needed; allowed without one are 127.0.0.1, ::1 and localhost',
    );
    expect(loadYaml(`http: {host: 0.0.0.0, token: ${token}}`).config.http).toMatchObject({
      host: '0.0.0.0',
      token,
    });
    expect(loadYaml('http: {host: 0.0.0.0, enabled: false}').config.http.enabled).toBe(false);
  });

  test.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1', '[::1]'])('takes %s as loopback', (host) => {
    expect(() => loadFrom({ argv: ['--http-host', host] })).not.toThrow();
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'localhost.example.com', '128.0.0.1', '::2'])(
    'does not take %s as loopback',
    (host) => {
      expect(refusalOf(() => loadFrom({ argv: ['--http-host', host] })).key).toBe('--http-host');
    },
  );

  test('reads its token from a file', () => {
    const argv = ['--http-token-file', '/run/token'];
    expect(loadFrom({ argv, files: { '/run/token': `${token}\n` } }).config.http).toMatchObject({
      token,
      tokenFile: '/run/token',
    });
    expect(refusalOf(() => loadFrom({ argv })).message).toBe(
      'command line: --http-token-file: cannot read "/run/token" (ENOENT)',
    );
  });

  test('never shows a token, right or wrong', () => {
    const wrong = 'sesame';
    const inline = refusalOf(() => loadFrom({ environment: { ROOKERY_HTTP_TOKEN: wrong } }));
    const filed = refusalOf(() => loadFrom({ argv: ['--http-token-file', '/t'], files: { '/t': wrong } }));
    expect(inline.message).toContain(
      'environment: ROOKERY_HTTP_TOKEN: this value is not allowed; allowed is at least 16',
    );
    expect(filed.message).toContain('/t: http.token: this value is not allowed; allowed is at least 16');
    for (const { message } of [inline, filed]) expect(message).not.toContain(wrong);
    const { config } = loadFrom({ environment: { ROOKERY_HTTP_TOKEN: token } });
    expect(JSON.stringify(config.source)).not.toContain(token);
  });

  test('refuses two tokens', () => {
    const environment = { ROOKERY_HTTP_TOKEN: token, ROOKERY_HTTP_TOKEN_FILE: '/t' };
    expect(refusalOf(() => loadFrom({ environment, files: { '/t': token } })).message).toBe(
      'environment: ROOKERY_HTTP_TOKEN_FILE: the token is also given by environment: ROOKERY_HTTP_TOKEN; give one of them',
    );
  });
});
