import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import { freePort } from '../platform/ports.ts';
import { commandsOf } from './documented-commands.ts';
import { MemberProcess } from './member-process.ts';

const DOCUMENT = new URL('../../../docs/http-for-programs.md', import.meta.url);
const AS_WRITTEN = 'http://127.0.0.1:8080';
const IDENTITIES = '/etc/rookery/identities';
/** Behind what each command prints. */
const END = '--- end of what was printed ---';
const run = promisify(execFile);

let folder: string;
let member: MemberProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-http-for-programs-'));
  member = new MemberProcess(join(folder, 'member'), 1, await freePort(), []);
});

afterEach(async () => {
  member.cleanUp();
  await member.exited();
  rmSync(folder, { recursive: true, force: true });
});

/** What the document says that a command prints. */
function printedBy(document: string, command: string): string {
  const [, printed = ''] = document.split(`$ ${command}\n`);
  return printed.split('\n$ ', 1).join('');
}

describe('a member with http.v1', () => {
  test('does what docs/http-for-programs.md says, command by command', async () => {
    const document = readFileSync(DOCUMENT, 'utf8');
    const identities = join(folder, 'identities');
    writeFileSync(identities, printedBy(document, `cat ${IDENTITIES}`));
    member.environment = {
      ROOKERY_HTTP_V1: 'true',
      ROOKERY_HTTP_IDENTITIES_FILE: identities,
      ROOKERY_AUTH_SCHEMES: 'sasl x509',
    };
    member.start();
    const url = (await member.url()).replace(/\/$/, '');
    await member.serving();
    const text = document
      .replaceAll(AS_WRITTEN, url)
      .replaceAll(IDENTITIES, identities)
      .replaceAll('/tmp/rookery-watch', join(folder, 'watch'));
    const blocks = commandsOf(text);
    expect(blocks.flat().length).toBeGreaterThan(20);
    for (const block of blocks) {
      const script = block.map(({ line }) => `${line}\nprintf '\\n%s\\n' '${END}'\n`).join('');
      const { stdout } = await run('bash', ['-c', script], { timeout: 60_000 });
      const printed = stdout.split(`\n${END}\n`).map((each) => each.replace(/\n$/, ''));
      for (const [at, { line, prints }] of block.entries()) expect(printed[at], line).toMatch(prints);
    }
    const [token = ''] = /\S{32}(?= sasl:)/.exec(document) ?? [];
    for (const secret of ['bob:secret', btoa('bob:secret'), token])
      expect(member.output).not.toContain(secret);
  });

  test('knows callers by their certificates, and asks nobody for the token there', async () => {
    const authority = await Authority.create();
    const stores = join(folder, 'tls');
    mkdirSync(stores);
    const write = (name: string, content: string): string => {
      writeFileSync(join(stores, name), content);
      return join(stores, name);
    };
    const shown = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
    const ann = await authority.issue({ subject: 'CN=ann' });
    write('tls.crt', shown.certificate);
    write('tls.key', shown.privateKey);
    const ca = write('ca.crt', authority.certificate);
    const own = ['--cert', write('ann.crt', ann.certificate), '--key', write('ann.key', ann.privateKey)];
    const token = 'a-token-of-some-length';
    member.environment = {
      ROOKERY_HTTP_V1: 'true',
      ROOKERY_HTTP_TOKEN: token,
      ROOKERY_HTTP_TLS_MODE: 'required',
      ROOKERY_HTTP_TLS_CLIENT_AUTH: 'want',
      ROOKERY_HTTP_TLS_KEY_STORE: stores,
      ROOKERY_HTTP_TLS_TRUST_STORE: stores,
      ROOKERY_AUTH_SCHEMES: 'x509',
    };
    member.start();
    const url = `${(await member.url()).replace(/\/$/, '')}/v1`;
    await member.serving();
    const curl = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await run('curl', ['-s', '--cacert', ca, ...args]);
      return JSON.parse(stdout);
    };
    const acl = [{ scheme: 'auth', id: '', permissions: ['read'] }];
    const body = JSON.stringify({ text: 'mine', acl });
    const json = ['-H', 'content-type: application/json'];
    expect(await curl('-X', 'PUT', ...own, ...json, '-d', body, `${url}/nodes/anns`)).toMatchObject({
      path: '/anns',
    });
    expect(await curl(...own, `${url}/acl/anns`)).toMatchObject({
      acl: [{ scheme: 'x509', id: 'CN=ann', permissions: ['read'] }],
    });
    expect(await curl(...own, `${url}/nodes/anns`)).toMatchObject({ text: 'mine' });
    expect(await curl(`${url}/nodes/anns`)).toMatchObject({ code: 'NO_AUTH' });
    const bearer = ['-H', `authorization: Bearer ${token}`];
    expect(await curl(...bearer, `${url}/nodes/anns`)).toMatchObject({ code: 'AUTH_FAILED' });
    expect(member.output).not.toContain(token);
  });

  test('follows its file of bearer tokens, and does not begin with one that it cannot use', async () => {
    const identities = join(folder, 'identities');
    const [anns, bobs] = ['the-token-of-ann-has-32-characters', 'the-token-of-bob-has-32-characters'];
    writeFileSync(identities, `${anns} sasl:ann\n`);
    member.environment = {
      ROOKERY_HTTP_V1: 'true',
      ROOKERY_HTTP_IDENTITIES_FILE: identities,
      ROOKERY_AUTH_SCHEMES: 'sasl',
    };
    member.start();
    const url = await member.url();
    await member.serving();
    const statusOf = async (token: string): Promise<number> =>
      (await fetch(`${url}v1/nodes/`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await statusOf(anns), await statusOf(bobs)]).toEqual([200, 401]);
    const watch = await fetch(`${url}v1/watch/`, { headers: { authorization: `Bearer ${anns}` } });
    writeFileSync(identities, `# bob's alone\n${bobs} sasl:bob\n`);
    await member.until('the file of bearer tokens changed: taken over');
    expect([await statusOf(anns), await statusOf(bobs)]).toEqual([401, 200]);
    expect(await watch.text()).toContain('event: closed');
    writeFileSync(identities, `${bobs} sasl:bob\n${anns} super:x\n`);
    await member.until('the file of bearer tokens cannot be read anew');
    expect(await statusOf(bobs)).toBe(200);
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
    member.start();
    expect(await member.exited()).toEqual([2, null]);
    expect(member.stderr).toContain(`${identities} line 2: http.identitiesFile: `);
    for (const token of [anns, bobs]) expect(member.output + member.stderr).not.toContain(token);
  });

  test('ends at once when it is told to, whoever watches', async () => {
    member.environment = { ROOKERY_HTTP_V1: 'true' };
    member.start();
    const url = await member.url();
    await member.serving();
    const watch = await fetch(`${url}v1/watch/?recursive`);
    const reader = watch.body!.getReader();
    await reader.read();
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
    await reader.read().catch(() => undefined);
    member.start();
    await member.serving();
  });
});
