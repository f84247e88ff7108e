import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import type { System } from '../../../testkit/src/systems/system.ts';
import { Command, type Ended } from './command.ts';

const TOKEN = 'guarded-by-a-token-that-nobody-guesses';
let folder: string;
let ensemble: Ensemble;
let env: Readonly<Record<string, string>>;

/** A member whose HTTP asks for a token and speaks TLS alone. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
  const authority = await Authority.create();
  const member = await authority.issue({ subject: 'CN=member', ip: ['127.0.0.1'] });
  writeFileSync(join(folder, 'member.pem'), `${member.privateKey}${member.certificate}`, { mode: 0o600 });
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  writeFileSync(join(folder, 'token'), `${TOKEN}\nanother-token-while-they-change-over\n`);
  const guarded: System = {
    ...rookery,
    memberCommand: (files) => {
      const bare = rookery.memberCommand(files);
      const settings = {
        ROOKERY_HTTP_TLS_MODE: 'required',
        ROOKERY_HTTP_TLS_CLIENT_AUTH: 'none',
        ROOKERY_HTTP_TLS_KEY_STORE: join(folder, 'member.pem'),
        ROOKERY_HTTP_TOKEN: TOKEN,
      };
      return { ...bare, env: { ...bare.env, ...settings } };
    },
  };
  ensemble = await Ensemble.start(guarded, { size: 1, fourLetterWords: 'srvr' });
  env = {
    ROOKERY_ADMIN: `https://127.0.0.1:${ensemble.members[0]!.plan.adminPort}`,
    ROOKERY_SERVER: `127.0.0.1:${ensemble.members[0]!.endpoint.port}`,
  };
});

afterAll(async () => {
  await ensemble.remove();
  rmSync(folder, { recursive: true });
});

const run = (more: Readonly<Record<string, string>>, ...argv: string[]): Promise<Ended> =>
  new Command([...argv, '--timeout', '20s', '--ca', join(folder, 'ca.pem')], { ...env, ...more }).ended();

describe('a member whose HTTP asks for a token, and speaks TLS', () => {
  test('tells all of it to whoever has the token, be it in a variable or in a file', async () => {
    const byVariable = await run({ ROOKERY_ADMIN_TOKEN: TOKEN }, 'status', '--json');
    const byFile = await run({}, 'status', '--json', '--admin-token-file', join(folder, 'token'));
    for (const { code, out } of [byVariable, byFile]) {
      expect(code).toBe(0);
      const status = JSON.parse(out) as { members: { by: string; certificates: unknown[] }[] };
      expect(status.members).toMatchObject([{ id: 1, by: 'admin', certificates: [{ listener: 'HTTP' }] }]);
    }
  });

  test('tells less without it, and says what is missing', async () => {
    const { code, out } = await run({}, 'status');
    expect(code).toBe(0);
    expect(out).toContain('a single voter: when it fails, everything stops');
    expect(out).toMatch(
      /^note: https:\/\/127\.0\.0\.1:\d+ tells more to whoever has the token: set ROOKERY_ADMIN_TOKEN/m,
    );
    expect(await run({}, 'sessions')).toMatchObject({
      code: 4,
      err: expect.stringContaining('ROOKERY_ADMIN_TOKEN'),
    });
    expect(await run({}, 'snapshot', 'save', join(folder, 'tree'))).toMatchObject({
      code: 4,
      err: expect.stringContaining('it wants ROOKERY_ADMIN_TOKEN'),
    });
  });

  test('does not take another token, nor is it told one without TLS', async () => {
    const wrong = await run({ ROOKERY_ADMIN_TOKEN: 'wrong' }, 'status');
    expect(wrong).toMatchObject({ code: 3, err: expect.stringContaining('the token is not the right one') });
    const plain = env.ROOKERY_ADMIN!.replace('https:', 'http:');
    expect(await run({ ROOKERY_ADMIN_TOKEN: TOKEN }, 'status', '--admin', plain)).toMatchObject({ code: 3 });
    for (const { out, err } of [wrong]) expect(out + err).not.toContain(TOKEN);
  });

  test('gives its snapshot to whoever has the token', async () => {
    const saved = await run({ ROOKERY_ADMIN_TOKEN: TOKEN }, 'snapshot', 'save', join(folder, 'tree'));
    expect(saved).toMatchObject({ code: 0, err: '' });
    expect(saved.out).toMatch(/^\d+ B in .*tree: all up to 0x[0-9a-f]+, from member 1\n$/);
  });
});
