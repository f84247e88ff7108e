import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { processPlaces } from '../../src/secrets/process-places.ts';
import { describeFinding, SecretSearch } from '../../src/secrets/secret-search.ts';

const PASSWORD = 'größe "und" weite/?=&';
const KEY = Uint8Array.from({ length: 16 }, (_, i) => (i * 37 + 200) % 256);
const search = new SecretSearch([
  { name: "bob's password", value: PASSWORD },
  { name: 'the key', value: KEY },
]);

const key = Buffer.from(KEY);
const around = (before: string, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), key, Buffer.from(after)]);

/** Ways in which programs have given secrets away. */
const LEAKS: readonly (readonly [what: string, content: string | Uint8Array, secret: string])[] = [
  ['a text', `user bob:${PASSWORD} came`, "bob's password"],
  ['a line of JSON', JSON.stringify({ msg: `auth of bob:${PASSWORD}` }), "bob's password"],
  ['an address', `GET /?token=${encodeURIComponent(PASSWORD)}`, "bob's password"],
  ['base64', `Basic ${Buffer.from(`bob:${PASSWORD}`).toString('base64')}`, "bob's password"],
  ['base64 that begins elsewhere', Buffer.from(`b:${PASSWORD}!`).toString('base64'), "bob's password"],
  ['base64 for addresses', around('x', 'yz').toString('base64url'), 'the key'],
  ['bytes among others', around('\0\0', '\xff'), 'the key'],
  ['hexadecimal digits', `key=${key.toString('hex')}`, 'the key'],
  ['large hexadecimal digits', `key=${key.toString('hex').toUpperCase()}`, 'the key'],
  ['a buffer in JSON', JSON.stringify({ key }), 'the key'],
  ['an array of bytes in JSON', JSON.stringify({ key: KEY }), 'the key'],
  ['what a console prints', `[ ${[...KEY].join(', ')} ]`, 'the key'],
];

describe('the search', () => {
  test.each(LEAKS)('finds a secret in %s', (what, content, secret) => {
    const findings = search.in([
      { name: 'nothing', content: 'of interest' },
      { name: what, content },
    ]);
    expect(new Set(findings.map((finding) => `${finding.secret} in ${finding.place}`))).toEqual(
      new Set([`${secret} in ${what}`]),
    );
  });

  test.each([0, 1, 2, 3, 4, 5])('finds it in base64 wherever it stands there: behind %i bytes', (before) => {
    for (const behind of [0, 1, 2, 3]) {
      const content = around('.'.repeat(before), '.'.repeat(behind)).toString('base64');
      expect(search.in([{ name: 'a log', content }])).toHaveLength(1);
    }
  });

  test('finds nothing where there is nothing, and not the half of one', () => {
    const content = [PASSWORD.slice(0, -1), key.toString('hex').slice(0, -1), 'bob'].join('\n');
    expect(search.in([{ name: 'a log', content }])).toEqual([]);
  });

  test('names the secret and never shows it', () => {
    const [finding] = search.in([{ name: 'a log', content: PASSWORD }]);
    expect(describeFinding(finding!)).toBe("bob's password stands in a log, as it is, at byte 0");
  });

  test('does not take what is too short to be told from chance', () => {
    expect(() => new SecretSearch([{ name: 'a pin', value: '1234' }])).toThrow('a pin is too short');
  });
});

describe('a process', () => {
  test('shows its arguments, and the arguments and the environment of what it starts', async () => {
    const grandchild = 'setInterval(() => {}, 1000)';
    const child = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}, 'of-the-grandchild'], {
        stdio: 'ignore', env: { TOLD: 'by-the-environment' },
      }).once('spawn', () => console.log('started'));
      process.stdin.resume().on('end', () => process.kill(0));`;
    const parent = spawn(process.execPath, ['-e', child, 'of-the-child'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { OWN: 'its-own-environment' },
      // So that it can end what it has started.
      detached: true,
    });
    try {
      await once(parent.stdout, 'data');
      const sought = ['of-the-child', 'of-the-grandchild', 'by-the-environment', 'its-own-environment'];
      const findings = new SecretSearch(sought.map((value) => ({ name: value, value }))).in(
        processPlaces(parent.pid!, 'the process'),
      );
      const found = findings.map(({ secret, place }) => `${secret}: ${place.replace(/\d+/, 'N')}`);
      expect(found).toContain('by-the-environment: the environment of N, started by the process');
      expect(found.filter((line) => line.startsWith('its-own'))).toEqual([]);
      expect(found).toContain('of-the-child: the arguments of the process');
      expect(found).toContain('of-the-grandchild: the arguments of N, started by the process');
    } finally {
      process.kill(-parent.pid!, 'SIGKILL');
    }
  });
});
