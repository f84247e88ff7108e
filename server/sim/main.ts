import { runSeed } from './run.ts';

const [from, to] = [Number(process.argv[2]), Number(process.argv[3] ?? process.argv[2])];
for (let seed = from; seed <= to; seed++) {
  const began = performance.now();
  const result = await runSeed(seed, { trace: from === to });
  if (from === to) console.log(result.trace.join('\n'));
  for (const v of result.violations)
    if (!v.rule.startsWith('a session sees')) console.log(`seed ${seed}: VIOLATION ${v.rule}: ${v.message}`);
  console.log(
    seed,
    (performance.now() - began).toFixed(0),
    'ms',
    result.violations.length,
    JSON.stringify(Object.fromEntries(result.totals.entries())),
  );
}
