import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../image/rookery', import.meta.url));
const text = readFileSync(launcher, 'utf8');
const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
const COMMAND = '/rookery/cli/dist/bin/rookery.mjs';
let folder: string;
let standIn: string;

/** In the command's place, what it would find: its environment. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-image-'));
  standIn = join(folder, 'stand-in.cjs');
  writeFileSync(
    standIn,
    `const source = 'process.stdout.write(JSON.stringify(process.env))';
require('node:module').registerHooks({
  resolve: (specifier, context, next) => specifier === '${COMMAND}'
    ? { url: 'data:text/javascript,' + encodeURIComponent(source), shortCircuit: true } : next(specifier, context),
});`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What the command is told of the member, by the member's own environment. */
function toldBy(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', standIn, launcher], {
    env: environment,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const seen = JSON.parse(stdout) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(seen).filter(([name]) => name.startsWith('ROOKERY_') && !(name in environment)),
  );
}

const clientTls = (mode: string, store: string) => ({
  ROOKERY_CLIENT_TLS_MODE: mode,
  ROOKERY_CLIENT_TLS_KEY_STORE: store,
});

describe("the command in the server's image", () => {
  test('is on the PATH, started by the Node of the image, which a base without a shell can do', () => {
    expect(dockerfile).toMatch(/^COPY server\/image\/rookery \/usr\/local\/bin\/$/m);
    expect(dockerfile).toMatch(/^ENV PATH=(?:\S+:)?\/usr\/local\/bin(?::|$)/m);
    expect(dockerfile).toMatch(/^COPY cli\/dist\/bin\/rookery\.mjs \/rookery\/cli\/dist\/bin\/$/m);
    expect(statSync(launcher).mode & 0o111).toBe(0o111);
    // The system hands on what stands behind the interpreter as one argument.
    expect(text.split('\n')[0]).toMatch(/^#!\/nodejs\/bin\/node \S+$/);
    expect(text).toContain(`import('${COMMAND}');`);
  });

  test('has the licences of what it holds', () => {
    expect(dockerfile).toMatch(
      /^COPY cli\/dist\/bin\/THIRD-PARTY-NOTICES cli\/dist\/bin\/sbom\.cdx\.json \/licenses\/rookery-cli\/$/m,
    );
  });

  test('asks a member without TLS and token where the command asks by itself', () => {
    expect(toldBy({})).toEqual({});
    expect(toldBy(clientTls('optional', '/etc/rookery-tls/clients.pem'))).toEqual({});
  });

  test("takes the token from the member's own file, unless it is told another", () => {
    const own = { ROOKERY_HTTP_TOKEN_FILE: '/etc/rookery-admin/token' };
    expect(toldBy(own)).toEqual({ ROOKERY_ADMIN_TOKEN_FILE: '/etc/rookery-admin/token' });
    expect(toldBy({ ...own, ROOKERY_ADMIN_TOKEN_FILE: '/tmp/mine' })).toEqual({});
  });

  test("knows the member by the certificate that it shows, the cluster's own or one that was brought along", () => {
    expect(toldBy(clientTls('required', '/etc/rookery-tls/clients.pem'))).toEqual({
      ROOKERY_SERVER_CERT: '/etc/rookery-tls/clients.pem',
    });
    expect(toldBy(clientTls('required', '/etc/rookery-client-tls'))).toEqual({
      ROOKERY_SERVER_CERT: '/etc/rookery-client-tls/tls.crt',
    });
    const elsewhere = { ...clientTls('required', '/etc/rookery-client-tls'), ROOKERY_SERVER: 'zk-1:2181' };
    expect(toldBy(elsewhere)).toEqual({});
  });
});
