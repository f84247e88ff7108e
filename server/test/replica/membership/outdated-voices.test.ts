import { expect, test } from 'vitest';
import { encodeContext } from '../../../src/replica/membership/membership.ts';
import { OutdatedVoices } from '../../../src/replica/membership/outdated-voices.ts';

function configurationOf(count: number) {
  const voters = Array.from({ length: count }, (_, place) => place + 1);
  const context = (serverId: number): string =>
    encodeContext({ serverId, host: 'h', peerPort: 1, clientHost: 'h', clientPort: 1, instance: 1 });
  return {
    index: count,
    voters,
    outgoing: [],
    learners: [],
    contexts: new Map(voters.map((id) => [id, context(id)])),
  };
}

test('no single member, or stranger in its name, makes one of three or five give up its data', () => {
  for (const count of [3, 5]) {
    const voices = new OutdatedVoices();
    for (let i = 0; i < 3; i++) expect(voices.hear(3, 2, configurationOf(count))).toBe(false);
  }
});

test('a majority of the other voters does, and what was said over a link goes with it', () => {
  const voices = new OutdatedVoices();
  const five = configurationOf(5);
  expect(voices.hear(1, 2, five)).toBe(false);
  expect(voices.hear(3, 2, five)).toBe(false);
  voices.parted(1);
  expect(voices.hear(4, 2, five)).toBe(false);
  expect(voices.hear(1, 2, five)).toBe(true);
});

test('who is no voter of the own configuration has no voice, nor has the member itself', () => {
  const voices = new OutdatedVoices();
  const three = configurationOf(3);
  expect([1, 2, 7, 8, 9].map((serverId) => voices.hear(serverId, 2, three))).not.toContain(true);
});
