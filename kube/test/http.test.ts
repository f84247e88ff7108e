import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/api-error.ts';
import { KubeHttp } from '../src/http.ts';
import { ApiServer } from './api-server.ts';
import { ManualTime } from './manual-time.ts';

/** Certificates for these tests alone, good for a hundred years: `first` signed the server's, `second` did not. */
const tlsFile = (name: string): string => join(import.meta.dirname, 'tls', name);
const GET = { method: 'GET', path: '/api', timeoutMs: 10_000 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0).reverse()) await close();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rookery-kube-'));
  closing.push(() => rmSync(path, { recursive: true }));
  return path;
}

function connect(config: KubeConfig): KubeHttp {
  const http = new KubeHttp(config, new ManualTime(), 'test');
  closing.push(() => http.close());
  return http;
}

test("a Pod's token is read again a minute later, since the kubelet replaces it; a newline after it does no harm", async () => {
  const server = await ApiServer.start();
  closing.push(() => server.stop());
  const tokenFile = join(folder(), 'token');
  writeFileSync(tokenFile, 'first\n');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server: server.config.getCurrentCluster()!.server, skipTLSVerify: true },
    { name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile } } },
  );
  const http = connect(config);
  const tokens = async (): Promise<string[]> => {
    await http.text(GET).catch(() => '');
    return server.requests.map(({ headers }) => String(headers.authorization));
  };
  vi.useFakeTimers({ toFake: ['Date'] });
  expect(await tokens()).toEqual(['Bearer first']);
  writeFileSync(tokenFile, 'second');
  vi.setSystemTime(Date.now() + 61_000);
  expect(await tokens()).toEqual(['Bearer first', 'Bearer second']);
});

test('TLS: a server of another CA is refused; once its CA is in the file, the next request trusts it', async () => {
  const tls = { key: readFileSync(tlsFile('server-key.pem')), cert: readFileSync(tlsFile('server.pem')) };
  const server = createServer(tls, (_, response) => void response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const caFile = join(folder(), 'ca.crt');
  copyFileSync(tlsFile('second-ca.pem'), caFile);
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: 'c', server: `https://127.0.0.1:${port}`, caFile, skipTLSVerify: false },
    { name: 'u', token: 't' },
  );
  const http = connect(config);
  await expect(http.text(GET)).rejects.toMatchObject({ code: 0, reason: 'ConnectionLost' });
  copyFileSync(tlsFile('first-ca.pem'), caFile);
  expect(await http.text(GET)).toBe('hello');
});

test('credentials that are not there are told with what to check', async () => {
  const config = new KubeConfig();
  const authProvider = { name: 'tokenFile', config: { tokenFile: join(folder(), 'none') } };
  config.loadFromClusterAndUser(
    { name: 'c', server: 'https://127.0.0.1:1', skipTLSVerify: false },
    { name: 'u', authProvider },
  );
  const error = await connect(config)
    .text(GET)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).reason).toBe('NotConfigured');
  expect((error as ApiError).message).toMatch(/ENOENT.*check the kubeconfig, or the service account token/);
});

test('a configuration without an API server is refused at once', () => {
  expect(() => connect(new KubeConfig())).toThrow('names no API server');
});

test('a path before the API, as behind a gateway, is kept', async () => {
  const server = await ApiServer.start();
  closing.push(() => server.stop());
  const config = server.config;
  const cluster = {
    ...config.getCurrentCluster()!,
    server: `${config.getCurrentCluster()!.server}/clusters/one/`,
  };
  config.loadFromClusterAndUser(cluster, { name: 'u', token: 't' });
  await connect(config)
    .text(GET)
    .catch(() => '');
  expect(server.requests[0]?.path).toBe('/clusters/one/api');
});
