import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./measure-watches.ts', import.meta.url));

test('a watch on a path of its own costs at most 300 bytes of the process, next to nothing of them on the heap', () => {
  const output = execFileSync(process.execPath, ['--expose-gc', SCRIPT, '100000'], { encoding: 'utf8' });
  const measured = JSON.parse(output) as { rssBytesPerWatch: number; heapBytesPerWatch: number };
  console.log(measured);
  expect(measured.rssBytesPerWatch).toBeLessThanOrEqual(300);
  expect(measured.heapBytesPerWatch).toBeLessThanOrEqual(10);
});
