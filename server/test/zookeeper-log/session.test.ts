import { describe, expect, test } from 'vitest';
import { SessionPasswords } from '../../src/connections/session-passwords.ts';
import {
  FORMER_SESSIONS_BELOW,
  formerSessionId,
  mayHaveFormerSessions,
} from '../../src/model/former-session.ts';
import { zookeeperPassword } from '../../src/model/zookeeper-password.ts';
import { systemEntropy } from '../../src/platform/machine.ts';

/** As a running Apache ZooKeeper 3.9.5 gave it. */
const ID = { high: 0x0100_02b2, low: 0x9c48_0000 | 0 };
const PASSWORD = Buffer.from('cac639478f510077b8ff3dcef0796767', 'hex');

function passwordsUnder(secret: number): SessionPasswords {
  const passwords = new SessionPasswords(systemEntropy);
  passwords.secret = new Uint8Array(32).fill(secret);
  return passwords;
}

describe('a session that began at an Apache ZooKeeper', () => {
  test('has the password there that ZooKeeper gave', () => {
    expect(Buffer.from(zookeeperPassword(ID.high, ID.low))).toEqual(PASSWORD);
  });

  test('has one id here, on every member of a cluster, and another one in another cluster', () => {
    const ours = passwordsUnder(1).former(ID.high, ID.low, PASSWORD);
    expect(ours).toBeGreaterThan(0);
    expect(ours).toBeLessThan(FORMER_SESSIONS_BELOW);
    expect(passwordsUnder(1).former(ID.high, ID.low, PASSWORD)).toBe(ours);
    expect(passwordsUnder(2).former(ID.high, ID.low, PASSWORD)).not.toBe(ours);
  });

  test('is nobody’s who does not know its password, or knows that of another one', () => {
    const passwords = passwordsUnder(1);
    const wrong = [new Uint8Array(16), PASSWORD.subarray(1), zookeeperPassword(ID.high, ID.low ^ 1)];
    for (const given of wrong) expect(passwords.former(ID.high, ID.low, given)).toBeUndefined();
  });

  test('is named by all 64 bits of its id', () => {
    const hmac = (bytes: Uint8Array) => systemEntropy.hmac(new Uint8Array(32), bytes);
    const ids = new Set<number>();
    for (let bit = 0; bit < 32; bit++) {
      ids.add(formerSessionId(1 << bit, 0, hmac));
      ids.add(formerSessionId(0, 1 << bit, hmac));
    }
    expect(ids.size).toBe(64);
  });

  test('may be there only in a cluster whose own sessions cannot have such ids', () => {
    expect(mayHaveFormerSessions(FORMER_SESSIONS_BELOW - 1)).toBe(false);
    expect(mayHaveFormerSessions(FORMER_SESSIONS_BELOW)).toBe(true);
  });
});
