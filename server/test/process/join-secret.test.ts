import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Forger } from '../member/forger.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';

const SECRET = 'a-secret-of-some-length';

let folder: string;
let member: MemberProcess | undefined;
const forgers: Forger[] = [];
/** More than an address may fail at once. */
const GUESSES = 16;

afterEach(async () => {
  await Promise.all(forgers.splice(0).map((forger) => forger.stop()));
  member?.cleanUp();
  await member?.exited();
  rmSync(folder, { recursive: true, force: true });
});

test('a process whose join secret somebody guesses at counts it, says so with the address, and shows neither secret', async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-join-secret-'));
  mkdirSync(join(folder, 'one'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  const peerPort = await freePort();
  member = new MemberProcess(join(folder, 'one'), 1, await freePort(), [
    `server.1=127.0.0.1:${peerPort}:${await freePort()}`,
    `server.2=127.0.0.1:${await freePort()}:${await freePort()}:observer`,
  ]);
  member.environment = { ROOKERY_PEER_SECRET_FILE: join(folder, 'secret') };
  member.start();
  await member.serving();
  const wrong = 'another-secret-as-long';
  // A member that was refused tries again in its own time, in which failures are forgotten: so many guess at once.
  for (let guess = 0; guess < GUESSES; guess++) {
    const forger = new Forger(2, { port: await freePort(), secrets: [wrong] });
    forgers.push(forger);
    await forger.dial([{ serverId: 1, host: '127.0.0.1', port: peerPort }]);
  }
  const said = await member.until('does not prove to be one');
  expect(said).toMatchObject({ serverId: 2, address: '127.0.0.1' });
  const slowed = await member.until('keeps failing to prove who it is', { proof: 'join secret' });
  expect(slowed.address).toBe('127.0.0.1');
  const metrics = await (await fetch(`${await member.url()}metrics`)).text();
  const failures = Number(/^rookery_failed_proofs_join_secret_total (\d+)$/m.exec(metrics)?.[1]);
  expect(failures).toBeGreaterThan(10);
  for (const secret of [SECRET, wrong]) expect(member.output + metrics).not.toContain(secret);
  for (const { events } of forgers) expect(events.seen).toEqual([]);
});
