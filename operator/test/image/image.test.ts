import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const dockerfile = read('operator/Dockerfile');

test("the image runs the bundle that it copies, by Node itself, as a user that is not root's", () => {
  const copies = [...dockerfile.matchAll(/^COPY (\S+) (\S+)$/gm)];
  expect(copies).toHaveLength(1);
  const [, from, to] = copies[0]!;
  expect(to).toBe(`/rookery/${from}`);
  const entrypoint: unknown = JSON.parse(dockerfile.match(/^ENTRYPOINT (\[.*\])$/m)![1]!);
  expect(entrypoint).toEqual(['/nodejs/bin/node', to]);
  expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  expect(read('operator/scripts/bundle.ts')).toContain("bundle('operator', { 'rookery-operator': ");
  expect(from).toBe('operator/dist/bin/rookery-operator.mjs');
});
