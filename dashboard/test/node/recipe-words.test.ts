import { describe, expect, test } from 'vitest';
import type { Contender, Recipe } from '../../../server/src/http/window/shapes.ts';
import { placeWords, recipeWords } from '../../node/recipe-words.js';
import { chosenForm, possibleForms } from '../../node/value-form.js';

describe('a recipe in words', () => {
  const contender = (name: string): Contender => ({ name, session: '0x1', sinceMs: 0, says: '' });
  const lock: Recipe = {
    kind: 'lock',
    layout: 'kazoo',
    holders: [contender('a')],
    waiters: ['b', 'c'].map(contender),
    holderCount: 1,
    waiterCount: 5,
  };

  test('tells where in it a contender stands', () => {
    expect(['a', 'b', 'c', 'z'].map((name) => placeWords(lock, name))).toEqual([
      'Held by in the lock',
      'Next in the lock',
      'Number 2 of 5 that wait for the lock',
      'A contender of the lock',
    ]);
  });

  test('has words for each kind', () => {
    expect(recipeWords('election')).toMatchObject({ title: 'Election', holders: 'Leads' });
  });
});

describe('the form in which a value is shown', () => {
  test('is the one that was chosen last where that can be, else the best one', () => {
    const json = possibleForms({ isText: true, isJson: true });
    const text = possibleForms({ isText: true, isJson: false });
    const binary = possibleForms({ isText: false, isJson: false });
    expect([json, text, binary]).toEqual([['json', 'text', 'hex'], ['text', 'hex'], ['hex']]);
    expect([chosenForm(json, 'text'), chosenForm(text, 'json'), chosenForm(binary, null)]).toEqual([
      'text',
      'text',
      'hex',
    ]);
  });
});
