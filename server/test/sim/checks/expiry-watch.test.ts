import { beforeEach, describe, expect, test } from 'vitest';
import { ContactTimes } from '../../../sim/checks/contact-times.ts';
import { ExpiryWatch } from '../../../sim/checks/expiry-watch.ts';
import type { SessionLife } from '../../../sim/oracle/oracle.ts';
import { VirtualTime } from '../../../sim/scheduler.ts';

const HEARD = 'no session expires while its client is heard';
const LEADER = 'a new leader gives every session its whole timeout';
const ATTACHED = 'a session lasts its timeout after an attachment';

let time: VirtualTime;
let watch: ExpiryWatch;
let contacts: ContactTimes;
let broken: string[];
let clearSinceMs: number;
const life: SessionLife = {
  id: 5,
  timeoutMs: 2_000,
  attachIndex: 5,
  attachedMs: 0,
  attachments: 1,
  identities: [],
  isFormer: false,
  end: undefined,
};

beforeEach(() => {
  time = new VirtualTime();
  broken = [];
  clearSinceMs = 0;
  watch = new ExpiryWatch((rule) => broken.push(rule), {
    nowMs: () => time.nowMs,
    clearSinceMs: () => clearSinceMs,
    lifeOf: () => 1,
  });
  watch.leads(3);
  contacts = new ContactTimes(time, 2, 1);
  watch.held(life.id, contacts);
});

async function at(ms: number): Promise<void> {
  await time.runUntil(ms);
}

/** The leader of term 3, member 1, ends the session, and the log follows. */
function expire(attachIndex = life.attachIndex): void {
  watch.decided(1, 3, attachIndex, life);
  watch.expired(life, 3);
}

describe('an expiry', () => {
  test('of a client that has been silent', async () => {
    await at(5_000);
    contacts.heard();
    await at(7_100);
    expire();
    expect(broken).toEqual([]);
  });

  test('of a client that was heard', async () => {
    await at(6_000);
    contacts.heard();
    await at(7_100);
    expire();
    expect(broken).toEqual([HEARD]);
  });

  test('of a client that was heard by a member whose word did not get through', async () => {
    clearSinceMs = 5_500;
    await at(6_000);
    contacts.heard();
    await at(7_100);
    expire();
    expect(broken).toEqual([]);
  });

  test('of a client that was heard so late that the leader may not know', async () => {
    await at(6_900);
    contacts.heard();
    await at(7_100);
    expire();
    expect(broken).toEqual([]);
  });

  test('of a client whose connection has ended since', async () => {
    await at(6_000);
    contacts.heard();
    contacts.ended();
    await at(7_100);
    expire();
    expect(broken).toEqual([]);
  });

  test('by a leader that has just begun', async () => {
    await at(9_000);
    watch.leads(4);
    await at(10_000);
    watch.decided(1, 4, life.attachIndex, life);
    watch.expired(life, 4);
    expect(broken).toEqual([LEADER]);
  });

  test('by a forced recovery, at any time', async () => {
    await at(6_000);
    contacts.heard();
    await at(6_900);
    watch.leads(4);
    watch.decided(1, 4, life.attachIndex, life);
    watch.expired({ ...life, isFormer: true, attachedMs: 6_000 }, 4);
    expect(broken).toEqual([]);
  });

  test('right after an attachment', async () => {
    await at(9_000);
    watch.expired({ ...life, attachedMs: 8_000 }, 3);
    expect(broken).toEqual([ATTACHED]);
  });
});
