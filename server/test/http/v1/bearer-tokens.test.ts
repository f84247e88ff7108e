import { describe, expect, test } from 'vitest';
import { tokenDigestOf } from '../../../src/config/bearers-file.ts';
import type { Bearer } from '../../../src/config/config.ts';
import { BearerTokens } from '../../../src/http/v1/bearer-tokens.ts';

const sasl = (id: string) => ({ scheme: 'sasl', id });
const bearer = (token: string, ...identities: Bearer['identities']): Bearer => ({
  tokenDigest: tokenDigestOf(token),
  identities,
});

describe('bearer tokens', () => {
  test('stand for the ids of their own lines, and no other text does', () => {
    const tokens = new BearerTokens([
      bearer('anns', sasl('ann'), sasl('staff')),
      bearer('bobs', sasl('bob')),
    ]);
    expect(tokens.grantOf('anns')!.identities).toEqual([sasl('ann'), sasl('staff')]);
    expect(tokens.grantOf('bobs')!.identities).toEqual([sasl('bob')]);
    for (const other of ['', 'ann', 'annss', 'ANNS', 'anns ', tokenDigestOf('anns')])
      expect(tokens.grantOf(other), other).toBeUndefined();
  });

  test('go on where their ids stay, and are over where these change or the line goes', () => {
    const tokens = new BearerTokens([
      bearer('anns', sasl('ann'), sasl('staff')),
      bearer('bobs', sasl('bob')),
      bearer('cyds', sasl('cyd')),
    ]);
    const [anns, bobs, cyds] = ['anns', 'bobs', 'cyds'].map((token) => tokens.grantOf(token)!);
    let told = 0;
    const forget = tokens.onOver(() => told++);
    const next = [bearer('bobs', sasl('rob')), bearer('anns', sasl('staff'), sasl('ann'))];
    expect(tokens.replace(next)).toBe(true);
    expect([anns, bobs, cyds].map((grant) => grant!.isOver)).toEqual([false, true, true]);
    expect(tokens.grantOf('anns')).toBe(anns);
    expect(tokens.grantOf('bobs')).toMatchObject({ identities: [sasl('rob')], isOver: false });
    expect(tokens.grantOf('cyds')).toBeUndefined();
    expect([tokens.replace(next), told]).toEqual([false, 1]);
    // One that comes ends nobody.
    expect([tokens.replace([...next, bearer('dans', sasl('dan'))]), told]).toEqual([true, 1]);
    forget();
    expect([tokens.replace([]), told]).toEqual([true, 1]);
  });

  test('of a line that comes back are another grant', () => {
    const tokens = new BearerTokens([bearer('anns', sasl('ann'))]);
    const first = tokens.grantOf('anns')!;
    tokens.replace([]);
    tokens.replace([bearer('anns', sasl('ann'))]);
    expect([first.isOver, tokens.grantOf('anns')!.number === first.number]).toEqual([true, false]);
  });
});
