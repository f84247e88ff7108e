import type { PlantedBug } from '../replica/plant.ts';

/** Ways to break the order of one client's requests. */
export const LINE_BUGS: readonly PlantedBug[] = [
  {
    name: 'a write overtakes a sync',
    file: 'connections/line.ts',
    find: 'return this.barriers > 0 || this.isPutOff;',
    replace: 'return false;',
  },
  {
    name: 'a write behind a second sync goes out with the first one',
    file: 'connections/line.ts',
    find: 'if (waiting === Waiting.barrier) return;',
    replace: '',
  },
  {
    name: 'writes that waited for a sync are never proposed',
    file: 'connections/line.ts',
    find: 'else if (wasPutOff || this.barriers < barriersBefore) this.proposeWaiting();',
    replace: '',
  },
  {
    name: 'a write overtakes reads that were put off',
    file: 'connections/line.ts',
    find: 'return this.barriers > 0 || this.isPutOff;',
    replace: 'return this.barriers > 0;',
  },
  {
    name: 'reads are put off though a write behind them is in the log',
    file: 'connections/line.ts',
    find: 'if (this.entries === 0 && owner.mustWait) {',
    replace: 'if (owner.mustWait) {',
  },
  {
    name: 'writes that waited behind reads that were put off are never proposed',
    file: 'connections/line.ts',
    find: 'else if (wasPutOff || this.barriers < barriersBefore)',
    replace: 'else if (this.barriers < barriersBefore)',
  },
  {
    name: 'a sync is answered before its round',
    file: 'connections/line.ts',
    find: 'return owed.isReached;',
    replace: 'return true;',
  },
  {
    name: 'a sync that was reached behind others is forgotten',
    file: 'connections/line.ts',
    find: 'if (this.owed[0] === owed && !this.isPutOff) this.advance(0);',
    replace: 'if (this.owed[0] === owed && !this.isPutOff) this.advance(0); else owed.isReached = false;',
  },
  {
    name: 'a read behind a write does not wait',
    file: 'connections/line.ts',
    find: 'this.advance(1);',
    replace: 'this.advance(1); this.owed.sort((a, b) => Number(isAnswerable(b)) - Number(isAnswerable(a)));',
  },
];
