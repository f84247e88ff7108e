/**
 * Stories of the protocol as text: each `> command` of a trace is run and what follows it must be what is written there.
 * A change of the protocol shows as a changed trace, to be reviewed as such. To write them anew:
 *
 *   RAFT_UPDATE_TRACES=1 npx vitest run raft/test/traces
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TraceCluster } from './trace-cluster.ts';

const folder = new URL('./', import.meta.url);

/** Comments and commands as they stand, outputs as they are now. */
function rerun(text: string): string {
  const cluster = new TraceCluster();
  const out: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) out.push(line);
    else if (line.startsWith('> '))
      out.push(line, ...cluster.run(line.slice(2)).map((each) => `  ${each}`), '');
  }
  return `${out.join('\n').trimEnd()}\n`;
}

for (const name of readdirSync(folder).filter((each) => each.endsWith('.txt'))) {
  test(`the trace ${name} is as written`, () => {
    const file = new URL(name, folder);
    const written = readFileSync(file, 'utf8');
    const now = rerun(written);
    if (process.env.RAFT_UPDATE_TRACES === undefined) expect(now).toBe(written);
    else writeFileSync(file, now);
  });
}
