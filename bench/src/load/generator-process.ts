/**
 * A load runs in a process of its own, so that nothing else of the benchmark competes with it for its turn of the
 * event loop and each one starts with fresh code and a fresh heap. Run as a child: takes one LoadSpec, sends one answer.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type LoadResult, type LoadSpec, runLoad } from './load.ts';

type Answer = { readonly result: LoadResult } | { readonly failure: string };

export function runLoadInChild(spec: LoadSpec): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { execArgv: [] });
    child.once('message', (message) => {
      const answer = message as Answer;
      if ('result' in answer) resolve(answer.result);
      else reject(new Error(`${spec.kind}, c${spec.connections} d${spec.depth}: ${answer.failure}`));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
    child.send(spec);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined) {
  process.once('message', async (spec) => {
    let answer: Answer;
    try {
      answer = { result: await runLoad(spec as LoadSpec) };
    } catch (error) {
      answer = { failure: error instanceof Error ? error.message : String(error) };
    }
    process.send?.(answer, () => process.exit(0));
  });
}
