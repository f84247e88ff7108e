import { describe, expect, test } from 'vitest';
import { type DescriptorWishes, MIN_DESCRIPTORS, shareDescriptors } from '../../src/bounds/descriptors.ts';
import { countedDescriptors, machineDescriptors, mostDescriptors } from '../../src/platform/descriptors.ts';

const wishes: DescriptorWishes = {
  clients: 50_000,
  http: 256,
  httpPerAddress: 64,
  strangers: 128,
  strangersPerAddress: 32,
  handshakes: 512,
  handshakesPerAddress: 128,
};

describe('the file descriptors of a process', () => {
  test.each([MIN_DESCRIPTORS, 256, 512, 1024, 4096, 65_536])(
    '%i of them are never all taken by connections: a reserve stays for files and links',
    (most) => {
      for (const members of [0, 2, 8, 30]) {
        const { clients, http, strangers, ...shares } = shareDescriptors(wishes, members, most);
        expect(Math.min(clients, http, strangers, shares.handshakesPerAddress)).toBeGreaterThan(0);
        // Whoever stops in the middle of a handshake takes neither all places of clients nor, from one address, those of all handshakes.
        expect(4 * shares.handshakes).toBeLessThanOrEqual(Math.max(4, clients));
        expect(4 * shares.handshakesPerAddress).toBeLessThanOrEqual(Math.max(4, shares.handshakes));
        expect(clients + http + strangers + 2 * members, `${members} others`).toBeLessThanOrEqual(
          most - 64 + 2,
        );
      }
    },
  );

  test('that are enough leave every wish as it is, and nothing is said', () => {
    expect(shareDescriptors(wishes, 2, 1_048_576)).toEqual({ ...wishes, remark: '' });
  });

  test('that are unknown leave every wish as it is', () => {
    expect(shareDescriptors(wishes, 2, -1)).toEqual({ ...wishes, remark: '' });
  });

  test('that are too few for limits.connections are said in one line with both numbers', () => {
    const { clients, remark } = shareDescriptors(wishes, 2, 256);
    expect(clients).toBe(118);
    expect(remark).toBe(
      'limits.connections is 50000, but this process may have 256 file descriptors (ulimit -n, LimitNOFILE of systemd): ' +
        '118 clients can connect, the others are kept for files, members and HTTP',
    );
  });

  test('that are too few for any member are refused, with what to do', () => {
    expect(() => shareDescriptors(wishes, 0, MIN_DESCRIPTORS - 1)).toThrow(
      'this process may have 127 file descriptors, and a member needs 128 at least: raise the limit (ulimit -n, LimitNOFILE of systemd)',
    );
  });

  test('are counted as the system tells them', () => {
    const { open, most } = machineDescriptors();
    const counted = countedDescriptors();
    // Older kernels do not count them; the listing takes one itself.
    if (counted !== undefined) expect(Math.abs(counted.open - open)).toBeLessThanOrEqual(2);
    if (counted !== undefined) expect(counted.most).toBe(most);
    if (process.platform === 'linux') expect(open).toBeGreaterThan(2);
    if (process.platform === 'linux') expect(most).toBeGreaterThanOrEqual(open);
    expect(
      mostDescriptors(
        () =>
          'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n',
      ),
    ).toBe(1024);
    expect(
      mostDescriptors(() => 'Max open files            unlimited            unlimited            files\n'),
    ).toBe(-1);
    expect(
      mostDescriptors(() => {
        throw new Error('there is no /proc');
      }),
    ).toBe(-1);
  });
});
