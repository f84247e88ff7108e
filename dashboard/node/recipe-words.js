// What is said about a lock, an election, a queue, …

/** @typedef {import('../../server/src/http/window/shapes.ts').Recipe} Recipe */

/**
 * @typedef {object} Words
 * @property {string} title
 * @property {string} holders Above those that hold, lead, are in, or come first.
 * @property {string} waiters Above those behind them.
 * @property {string} nobody Where there is no holder.
 */

/** @type {Readonly<Record<Recipe['kind'], Words>>} */
const WORDS = {
  lock: { title: 'Lock', holders: 'Held by', waiters: 'Waiting', nobody: 'Nobody holds it.' },
  'read-write lock': {
    title: 'Read-write lock',
    holders: 'Held by',
    waiters: 'Waiting',
    nobody: 'Nobody holds it.',
  },
  semaphore: { title: 'Semaphore', holders: 'In', waiters: 'Waiting', nobody: 'Nobody is in.' },
  election: { title: 'Election', holders: 'Leads', waiters: 'Stand by', nobody: 'Nobody leads.' },
  queue: { title: 'Queue', holders: 'Next out', waiters: 'Behind it', nobody: 'It is empty.' },
  'double barrier': {
    title: 'Double barrier',
    holders: 'In',
    waiters: 'Waiting',
    nobody: 'Nobody has come yet.',
  },
  party: { title: 'Party', holders: 'Members', waiters: 'Waiting', nobody: 'Nobody is in.' },
  'service discovery': {
    title: 'Service',
    holders: 'Instances',
    waiters: 'Waiting',
    nobody: 'No instance is registered.',
  },
  counter: { title: 'Counter', holders: 'Value', waiters: 'Waiting', nobody: 'It has not been counted.' },
};

/** @param {Recipe['kind']} kind */
export function recipeWords(kind) {
  return WORDS[kind];
}

/**
 * What a contender is, in one sentence.
 * @param {Recipe} recipe
 * @param {string} name
 * @returns {string}
 */
export function placeWords(recipe, name) {
  const { title, holders } = WORDS[recipe.kind];
  const what = `the ${title.toLowerCase()}`;
  if (recipe.holders.some((contender) => contender.name === name)) return `${holders} in ${what}`;
  const at = recipe.waiters.findIndex((contender) => contender.name === name);
  if (at < 0) return `A contender of ${what}`;
  return at === 0 ? `Next in ${what}` : `Number ${at + 1} of ${recipe.waiterCount} that wait for ${what}`;
}
