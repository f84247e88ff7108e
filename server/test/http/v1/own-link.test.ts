import { describe, expect, test } from 'vitest';
import { OwnLink } from '../../../src/http/v1/own-link.ts';
import type { ClientSocket } from '../../../src/ports/client-socket.ts';

/** Both ends, and what each of them was told, in order. */
class Ends {
  readonly told: string[] = [];
  readonly link: OwnLink;
  socket!: ClientSocket;

  constructor() {
    this.link = new OwnLink(
      { remoteAddress: '10.0.0.1', remotePort: 7, certificateSubject: 'CN=ann' },
      (socket) => {
        this.socket = socket;
        return {
          received: (chunk) => this.told.push(`member received ${chunk.length}`),
          drained: () => this.told.push('member drained'),
          closed: () => this.told.push('member closed'),
        };
      },
      {
        opened: () => this.told.push('client opened'),
        received: (chunk) => this.told.push(`client received ${chunk.length}`),
        closed: (reason) => this.told.push(`client closed: ${reason}`),
      },
    );
  }
}

const rounds = async (count = 3): Promise<void> => {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
};

async function opened(): Promise<Ends> {
  const ends = new Ends();
  expect(ends.told).toEqual([]);
  await rounds();
  expect(ends.told.splice(0)).toEqual(['client opened']);
  return ends;
}

describe('a link within the process', () => {
  test('shows the member who calls, and that it is one of its own doors', async () => {
    const { socket } = await opened();
    expect(socket).toMatchObject({ remoteAddress: '10.0.0.1', certificateSubject: 'CN=ann', isOwn: true });
  });

  test('brings everything in its order, in a later round', async () => {
    const { link, socket, told } = await opened();
    link.write(new Uint8Array(1));
    link.write(new Uint8Array(2));
    socket.write(new Uint8Array(3));
    expect(told).toEqual([]);
    await rounds();
    expect(told).toEqual(['member received 1', 'member received 2', 'client received 3']);
  });

  test('keeps what the member does not take for now', async () => {
    const { link, socket, told } = await opened();
    socket.pause();
    link.write(new Uint8Array(1));
    link.write(new Uint8Array(2));
    await rounds();
    expect(told).toEqual([]);
    socket.resume();
    await rounds();
    expect(told).toEqual(['member received 1', 'member received 2']);
  });

  test('says what is under way, and when much of it has arrived', async () => {
    const { socket, told } = await opened();
    socket.write(new Uint8Array(10));
    expect(socket.bufferedBytes()).toBe(10);
    await rounds();
    expect([socket.bufferedBytes(), told.splice(0)]).toEqual([0, ['client received 10']]);
    socket.write(new Uint8Array(100_000));
    socket.write(new Uint8Array(1));
    await rounds();
    expect(told).toEqual(['client received 100000', 'client received 1', 'member drained']);
  });

  test.each<[string, (ends: Ends) => void, string]>([
    [
      'the member ends it, behind what it wrote',
      ({ socket }) => socket.end(),
      'client closed: the member closed it',
    ],
    [
      'the client ends it, behind what it wrote',
      ({ link }) => link.end(),
      'client closed: this side closed it',
    ],
  ])('tells both sides once where %s', async (_, end, reason) => {
    const ends = await opened();
    ends.link.write(new Uint8Array(1));
    ends.socket.write(new Uint8Array(2));
    end(ends);
    end(ends);
    await rounds();
    ends.link.destroy();
    await rounds();
    expect(ends.told.filter((line) => line.includes('closed'))).toEqual(['member closed', reason]);
    expect(ends.told.slice(2).every((line) => line.includes('closed'))).toBe(true);
  });

  test('that is given up before it opens reaches no member', async () => {
    const ends = new Ends();
    ends.link.destroy();
    await rounds();
    expect(ends.told).toEqual(['client closed: this side closed it']);
  });
});
