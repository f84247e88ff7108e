import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

/** Ways to break the order of one client's requests. */
export const PIPELINE_BUGS: readonly PlantedBug[] = [
  {
    name: 'a write overtakes a sync',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (this.#barriers > 0 || this.#isPutOff) {',
    replace: 'if (this.#barriers > 1_000_000) {',
  },
  {
    name: 'the leader is asked for a reconfig before what stands in front of it is through',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'const pending = this.#pending[0];',
    replace: 'const pending = this.#pending.at(-1);',
  },
  {
    name: 'the leader is never asked for a reconfig that had to wait',
    file: 'server/src/connections/request-pipeline.ts',
    find: `pending.splice(0, at);
    this.#askForReconfig();`,
    replace: 'pending.splice(0, at);',
  },
  {
    name: 'a write behind a second sync goes out with the first one',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (waiting === Waiting.barrier) return;',
    replace: '',
  },
  {
    name: 'writes that waited for a sync are never proposed',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'else if (wasPutOff || this.#barriers < barriersBefore) this.#proposeWaiting();',
    replace: '',
  },
  {
    name: 'a write overtakes reads that were put off',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (this.#barriers > 0 || this.#isPutOff) {',
    replace: 'if (this.#barriers > 0) {',
  },
  {
    name: 'reads are put off though a write behind them is in the log',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (this.#entries === 0 && this.mustWait) {',
    replace: 'if (this.mustWait) {',
  },
  {
    name: 'writes that waited behind reads that were put off are never proposed',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'else if (wasPutOff || this.#barriers < barriersBefore)',
    replace: 'else if (this.#barriers < barriersBefore)',
  },
  {
    name: 'a sync is answered before its round',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'return isReached;',
    replace: 'return true;',
  },
  {
    name: 'a sync that was reached behind others is forgotten',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (this.#pending[0] === pending && !this.#isPutOff) this.#advance(0);',
    replace:
      'if (this.#pending[0] === pending && !this.#isPutOff) this.#advance(0); else pending.isReached = false;',
  },
  {
    name: 'a read behind a write does not wait',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'this.#advance(1);',
    replace:
      'this.#advance(1); this.#pending.sort((a, b) => Number(this.#isAnswerable(b)) - Number(this.#isAnswerable(a)));',
  },
];
