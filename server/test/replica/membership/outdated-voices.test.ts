import { expect, test } from 'vitest';
import { encodeContext } from '../../../src/replica/membership/membership.ts';
import { OutdatedVoices, type Standing } from '../../../src/replica/membership/outdated-voices.ts';

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

/** Of member 2, which hears no leader. */
function standing(count: number, change: Partial<Standing> = {}): Standing {
  return { selfId: 2, configuration: configurationOf(count), isLed: false, lastTerm: 5, ...change };
}

test('no single member, or stranger in its name, makes one of three or five give up its data', () => {
  for (const count of [3, 5]) {
    const voices = new OutdatedVoices();
    for (let i = 0; i < 3; i++) expect(voices.hear(3, 5, standing(count))).toBe(false);
  }
});

test('a majority of the other voters does, and what was said over a link goes with it', () => {
  const voices = new OutdatedVoices();
  const five = standing(5);
  expect(voices.hear(1, 5, five)).toBe(false);
  expect(voices.hear(3, 5, five)).toBe(false);
  voices.parted(1);
  expect(voices.hear(4, 5, five)).toBe(false);
  expect(voices.hear(1, 5, five)).toBe(true);
});

test('who is no voter of the own configuration has no voice, nor has the member itself', () => {
  const voices = new OutdatedVoices();
  const three = standing(3);
  expect([1, 2, 7, 8, 9].map((serverId) => voices.hear(serverId, 5, three))).not.toContain(true);
});

test('however many say so, a member that a leader counts in keeps its data, and what they said is forgotten', () => {
  const voices = new OutdatedVoices();
  for (const teller of [1, 3]) expect(voices.hear(teller, 9, standing(3, { isLed: true }))).toBe(false);
  expect(voices.hear(1, 9, standing(3))).toBe(false);
  expect(voices.hear(3, 9, standing(3))).toBe(true);
});

test('who follows a leader of an earlier term than that of the own log has no voice', () => {
  const voices = new OutdatedVoices();
  for (const teller of [1, 3]) expect(voices.hear(teller, 4, standing(3))).toBe(false);
  for (const teller of [1, 3]) voices.hear(teller, 5, standing(3));
  expect(voices.hear(3, 5, standing(3))).toBe(true);
});
