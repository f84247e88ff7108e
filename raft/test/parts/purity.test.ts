import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../src/', import.meta.url);
const MAX_LINES = 400;

test('the core imports nothing but itself and touches neither clock, chance, timers nor the process', () => {
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    for (const [, from] of code.matchAll(/from '([^']+)'/g)) expect(from, name).toMatch(/^\.\/[\w-]+\.ts$/);
    expect(code, name).not.toMatch(
      /\b(Date|performance|Math\.random|setTimeout|setInterval|queueMicrotask|process|Buffer|console|import\()\b/,
    );
    expect(code, name).not.toMatch(/\b(async|await|Promise|BigInt|any)\b/);
    expect(text.split('\n').length, `lines of ${name}`).toBeLessThanOrEqual(MAX_LINES);
  }
});
