import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EnsembleReport, SessionList, WindowSelf } from '../../src/http/window/shapes.ts';
import { TestClient } from '../connections/test-client.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';

let folder: string;
let members: MemberProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-window-'));
  const ids = [1, 2, 3];
  const lines = await Promise.all(ids.map(async (id) => `server.${id}=127.0.0.1:${await freePort()}:1`));
  members = [];
  for (const id of ids)
    members.push(
      new MemberProcess(join(folder, `${id}`), id, await freePort(), [...lines, 'sslQuorum=false']),
    );
});

afterEach(async () => {
  for (const member of members) member.cleanUp();
  await Promise.all(members.map((member) => member.exited()));
  rmSync(folder, { recursive: true, force: true });
});

/** What stands behind `/window` of the member's own URL. */
async function look<T>(member: MemberProcess, path: string): Promise<T> {
  const response = await fetch(`${(await member.url()).replace(/\/$/, '')}/window${path}`);
  return (await response.json()) as T;
}

describe('three processes', () => {
  test('tell of all of them at each, and of the limits of their machine; one that is killed is silent', async () => {
    members[2]!.environment = { ROOKERY_HTTP_WINDOW: 'ensemble' };
    for (const member of members) member.start();
    await Promise.all(members.map((member) => member.serving()));
    const client = await TestClient.connect(members[0]!.clientPort);
    await client.begin({ timeoutMs: 20_000 });

    for (const member of members) {
      let report = await look<EnsembleReport>(member, '/ensemble');
      while (report.members.some(({ silent }) => silent !== undefined))
        report = await look<EnsembleReport>(member, '/ensemble');
      expect(report.members.map(({ standing }) => standing.serverId)).toEqual([1, 2, 3]);
      for (const each of report.members) {
        const { limits, durations } = each.report!;
        const disk = limits.find(({ name }) => name === 'disk')!;
        expect(disk.unit).toBe('bytes');
        expect(disk.used).toBeGreaterThan(0);
        const connections = limits.find(({ name }) => name === 'limits.connections')!;
        expect(connections.most).toBeGreaterThan(0);
        expect(durations.find(({ of }) => of === 'logSync')!.count).toBeGreaterThan(0);
      }
    }
    const [one, two, three] = members as [MemberProcess, MemberProcess, MemberProcess];
    expect((await look<WindowSelf>(one, '/self')).mode).toBe('write');
    expect(await look<WindowSelf>(three, '/self')).toMatchObject({ serverId: 3, mode: 'ensemble' });
    const { sessions } = await look<SessionList>(two, '/sessions');
    expect(sessions.map(({ id, member }) => [Number(id), member])).toEqual([[client.session.id, 1]]);
    expect(await look(three, '/sessions')).toMatchObject({ code: 'window-mode' });
    client.close();

    await three.kill('SIGKILL');
    let report = await look<EnsembleReport>(one, '/ensemble');
    while (report.members[2]!.silent === undefined) report = await look<EnsembleReport>(one, '/ensemble');
    expect(report.members[2]!.silent).toContain('member 3');
    expect(report.members.slice(0, 2).every((each) => each.report !== undefined)).toBe(true);
  });
});
