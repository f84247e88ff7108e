import { expect, test } from 'vitest';
import { NumberRange } from '../../src/replica/number-range.ts';
import { type Request, Requests } from '../../src/replica/requests.ts';
import { NUMBER_BOUNDS } from './number-bounds.ts';

function request(outcome: string[], name: string): Request {
  return {
    requestNumber: 0,
    command: new Uint8Array(8),
    submittedTerm: 0,
    cancelled: false,
    applied: () => outcome.push(`${name} applied`),
    abandoned: () => outcome.push(`${name} abandoned`),
  };
}

test('an entry of an abandoned request that is applied after the snapshot belongs to nobody', () => {
  const outcome: string[] = [];
  const requests = new Requests(new NumberRange(1, NUMBER_BOUNDS), 1_000);
  const first = request(outcome, 'first');
  const second = request(outcome, 'second');
  const third = request(outcome, 'third');
  requests.push(first);
  requests.push(second);
  requests.handOver(1, []);
  requests.push(third);
  requests.abandonHandedOver();
  expect(outcome).toEqual(['first abandoned', 'second abandoned']);
  expect(requests.settle(second.requestNumber)).toBeUndefined();
  requests.handOver(1, []);
  expect(requests.settle(third.requestNumber)).toBe(third);
});

test('an entry of an earlier life belongs to nobody, and one out of turn breaks an invariant', () => {
  const requests = new Requests(new NumberRange(2, NUMBER_BOUNDS), 1_000);
  const first = request([], 'first');
  const second = request([], 'second');
  requests.push(first);
  requests.push(second);
  requests.handOver(1, []);
  expect(requests.settle(2 ** 31 + 5)).toBeUndefined();
  expect(() => requests.settle(second.requestNumber)).toThrow('an order was broken');
});

test('an entry with a number that was never given ends nobody: somebody spoke in the name of this member', () => {
  const requests = new Requests(new NumberRange(2, NUMBER_BOUNDS), 1_000);
  const only = request([], 'only');
  requests.push(only);
  requests.handOver(1, []);
  expect(requests.settle(only.requestNumber + 1)).toBeUndefined();
  expect(requests.settle(only.requestNumber)).toBe(only);
});
