import { expect, test } from 'vitest';
import { runCrowd } from './crowd-run.ts';
import { HISTORIES, runDigests } from './digest-run.ts';
import { subject } from './subject.ts';

test('no node is lost among thousands that come and go, and memory is given back', () => {
  for (let seed = 1; seed <= 10; seed++) runCrowd(subject, seed, 6, 4000);
});

test('trees that differ in anything differ in their digest, whatever the member’s hash seed', () => {
  expect(Object.keys(HISTORIES).length).toBeGreaterThan(15);
  runDigests(subject);
});
