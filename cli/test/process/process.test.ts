import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { Command, type Ended, OPEN, shellLine } from './command.ts';

let ensemble: Ensemble;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  ensemble = await Ensemble.start(rookery, { size: 1, tls: true });
  const { host, port } = ensemble.members[0]!.endpoint;
  env = { ROOKERY_SERVER: `${host}:${port}` };
  await run('create', '/app', 'hello');
});

afterAll(async () => {
  await ensemble.stop();
  rmSync(ensemble.folder, { recursive: true });
});

const run = (...argv: string[]): Promise<Ended> => new Command(argv, env).ended();
const line = (text: string): Promise<Ended> => shellLine(text, env);

describe('the command as a process', () => {
  test('has the exit codes that stand in its help', async () => {
    const codes = await Promise.all([
      run('get', '/app'),
      run('get', '/none'),
      run('get'),
      run('get', 'localhost:1/app', '--timeout', '200ms'),
      run('create', '/app'),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4]);
    for (const { err } of codes) expect(err.split('\n').length).toBeLessThanOrEqual(2);
  });

  test('goes into pipes, and comes out of them', async () => {
    expect(
      await line('printf "\\0\\377" | rookery create /raw - && rookery get /raw | od -An -tx1'),
    ).toMatchObject({
      code: 0,
      out: '/raw\n 00 ff\n',
    });
    expect((await line('rookery export /app - | rookery import - /copy')).out).toBe('1 node, 5 bytes\n');
    expect(JSON.parse((await line('rookery stat /copy --json')).out)).toMatchObject({ path: '/copy' });
  });

  test('a reader that has had enough ends it without a word', async () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => ({
      path: `/${i}`,
      text: '',
      acl: ['world:anyone:cdrwa'],
    }));
    const lines = [
      { format: 'rookery-export/1' },
      { ...nodes[0], path: '' },
      ...nodes,
      { end: true, nodes: 20_001 },
    ];
    const imported = new Command(
      ['import', '-', '/many'],
      env,
      lines.map((each) => JSON.stringify(each)).join('\n'),
    );
    expect(await imported.ended()).toEqual({ code: 0, out: '20,001 nodes, 0 bytes\n', err: '' });
    expect(await line('rookery find /many | head -n 2')).toEqual({
      code: 0,
      out: '/many\n/many/0\n',
      err: '',
    });
    expect(await line('rookery ls /many | head -n 1')).toEqual({ code: 0, out: '0\n', err: '' });
  });

  test('Ctrl-C ends a watch with 0, and anything else with 130', async () => {
    const watch = new Command(['watch', '-r', '/app', '--json'], env);
    expect(JSON.parse(await watch.line())).toMatchObject({ type: 'start' });
    await run('create', '/app/a');
    expect(JSON.parse(await watch.line())).toMatchObject({ type: 'created', path: '/app/a' });
    watch.signal('SIGINT');
    expect(await watch.ended()).toMatchObject({ code: 0, err: '' });
    const made = new Command(['watch', '/never', '--json'], env);
    await made.line();
    // It waits for the next line of an export, which never comes.
    const waiting = new Command(['import', '-', '/never/x', '--parents'], env, OPEN);
    waiting.write('{"format":"rookery-export/1"}\n');
    expect(JSON.parse(await made.line())).toMatchObject({ type: 'created', path: '/never' });
    waiting.signal('SIGINT');
    expect(await waiting.ended()).toEqual({ code: 130, out: '', err: '' });
    made.signal('SIGTERM');
    expect((await made.ended()).code).toBe(0);
  });

  test('TLS by certificates, as a connection without them is not taken there', async () => {
    const { secureEndpoint } = ensemble.members[0]!.plan;
    const { host, port, tls } = secureEndpoint!;
    const files = Object.entries({ ca: tls!.ca, cert: tls!.cert, key: tls!.key }).flatMap(([name, text]) => {
      const file = join(ensemble.folder, `${name}.pem`);
      writeFileSync(file, String(text));
      return [`--${name}`, file];
    });
    expect(await run('get', `${host}:${port}/app`, ...files)).toMatchObject({ code: 0, out: 'hello' });
    expect((await run('get', `${host}:${port}/app`, '--timeout', '1s')).code).toBe(3);
  });

  test('the member that shows a certificate is known by it, whatever its name is', async () => {
    const { host, port, tls } = ensemble.members[0]!.plan.secureEndpoint!;
    const proof = Object.entries({ cert: tls!.cert, key: tls!.key }).flatMap(([name, text]) => {
      const file = join(ensemble.folder, `own-${name}.pem`);
      writeFileSync(file, String(text));
      return [`--${name}`, file];
    });
    const socket = connect({ host, port, ...tls, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const shown = join(ensemble.folder, 'shown.pem');
    writeFileSync(shown, socket.getPeerX509Certificate()!.toString());
    socket.destroy();
    const get = (...more: string[]) =>
      run('get', `${host}:${port}/app`, ...proof, ...more, '--timeout', '5s');
    expect(await get('--server-cert', shown)).toMatchObject({ code: 0, out: 'hello' });
    // That of somebody else, whom the same authority vouches for.
    expect(await get('--server-cert', join(ensemble.folder, 'own-cert.pem'))).toMatchObject({ code: 3 });
  });

  test('a server whose certificate names somebody else is not spoken to', async () => {
    const authority = await Authority.create();
    const other = await authority.issue({ subject: 'CN=other', dns: ['elsewhere'], ip: ['127.0.0.9'] });
    const server = createServer({ key: other.privateKey, cert: other.certificate });
    server.on('tlsClientError', () => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const ca = join(ensemble.folder, 'other-ca.pem');
    writeFileSync(ca, authority.certificate);
    const { port } = server.address() as AddressInfo;
    const { code, err } = await run('get', `127.0.0.1:${port}/app`, '--ca', ca, '--timeout', '1s');
    server.close();
    expect(code).toBe(3);
    expect(err).toMatch(/IP: 127\.0\.0\.1 is not in the cert's list/);
  });

  test('a password is taken from the environment, and stands nowhere else', async () => {
    const ann = await shellLine('rookery whoami --user ann', { ...env, ROOKERY_PASSWORD: 'secret' });
    expect(ann.out).toContain('digest:ann\n');
    expect(ann.out + ann.err).not.toContain('secret');
  });

  test('bash completes commands and paths', async () => {
    const complete = (typed: string): string =>
      `source <(rookery completion bash); COMP_LINE='${typed}'; COMP_POINT=\${#COMP_LINE}; _rookery; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect((await line(complete('rookery who'))).out).toBe('whoami \n');
    expect((await line(complete('rookery get /ap'))).out).toBe('/app\n');
    // The shell splits words at colons: what stands before the last one is not said again.
    const { port } = ensemble.members[0]!.endpoint;
    expect((await line(complete(`rookery get 127.0.0.1:${port}/ap`))).out).toBe(`${port}/app\n`);
  });
});
