// What differs between two texts, line by line: the shortest script of Myers' O(ND) algorithm, within a bound.

/** @typedef {{readonly kind: 'same' | 'removed' | 'added', readonly line: string}} DiffLine */
/** @typedef {DiffLine | {readonly kind: 'left-out', readonly lines: number}} FoldedLine */

/** Edits up to which the shortest script is looked for: the table of the search grows with their square. */
const MOST_EDITS = 1000;

/** @param {string} text @returns {string[]} One line where it is empty. */
export function linesOf(text) {
  return text.split('\n');
}

/**
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {number} [mostEdits] Beyond them the differing middle is told as removed and added whole.
 * @returns {DiffLine[]}
 */
export function diffLines(before, after, mostEdits = MOST_EDITS) {
  let head = 0;
  const most = Math.min(before.length, after.length);
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const removed = before.slice(head, before.length - tail);
  const added = after.slice(head, after.length - tail);
  return [
    ...before.slice(0, head).map((line) => told('same', line)),
    ...(shortest(removed, added, mostEdits) ?? [
      ...removed.map((line) => told('removed', line)),
      ...added.map((line) => told('added', line)),
    ]),
    ...before.slice(before.length - tail).map((line) => told('same', line)),
  ];
}

/** @param {DiffLine['kind']} kind @param {string} line @returns {DiffLine} */
function told(kind, line) {
  return { kind, line };
}

/** @param {readonly string[]} before @param {readonly string[]} after @returns {readonly [Int32Array, Int32Array]} A number for each line, the same for the same. */
function numbered(before, after) {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  /** @param {string} line */
  const numberOf = (line) => {
    const known = numbers.get(line) ?? numbers.size;
    numbers.set(line, known);
    return known;
  };
  return [Int32Array.from(before, numberOf), Int32Array.from(after, numberOf)];
}

/**
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {number} mostEdits
 * @returns {DiffLine[] | undefined} undefined: it takes more edits, or more comparisons.
 */
function shortest(before, after, mostEdits) {
  const [a, b] = numbered(before, after);
  const limit = Math.min(mostEdits, a.length + b.length);
  let comparisons = 20 * (a.length + b.length) + 4_000_000;
  // Of each diagonal k = x − y, how far along `a` so many edits lead; at limit + 1 + k.
  const reach = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  /** @param {number} k */
  const reached = (k) => reach[middle + k] ?? 0;
  /** @type {Int32Array[]} */
  const trace = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(reach.slice(middle - edits, middle + edits + 1));
    for (let k = -edits; k <= edits; k += 2) {
      const isDown = k === -edits || (k !== edits && reached(k - 1) < reached(k + 1));
      let x = isDown ? reached(k + 1) : reached(k - 1) + 1;
      let y = x - k;
      const from = x;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      comparisons -= x - from + 1;
      reach[middle + k] = x;
      if (x >= a.length && y >= b.length) return script(before, after, trace, edits);
    }
    if (comparisons < 0) return undefined;
  }
  return undefined;
}

/**
 * Back from the end to the beginning.
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {readonly Int32Array[]} trace Of each number of edits: the diagonals −edits…edits before that step.
 * @param {number} edits
 * @returns {DiffLine[]}
 */
function script(before, after, trace, edits) {
  /** @type {DiffLine[]} */
  const lines = [];
  let x = before.length;
  let y = after.length;
  for (let step = edits; step > 0; step--) {
    const reached = trace[step];
    /** @param {number} k */
    const at = (k) => reached?.[k + step] ?? 0;
    const k = x - y;
    const isDown = k === -step || (k !== step && at(k - 1) < at(k + 1));
    const fromK = isDown ? k + 1 : k - 1;
    const fromX = at(fromK);
    // Where the run of same lines behind this edit begins.
    const runX = isDown ? fromX : fromX + 1;
    for (; x > runX; x--, y--) lines.push(told('same', before[x - 1] ?? ''));
    if (isDown) lines.push(told('added', after[--y] ?? ''));
    else lines.push(told('removed', before[--x] ?? ''));
  }
  while (x > 0) lines.push(told('same', before[--x] ?? ''));
  return lines.reverse();
}

/**
 * Leaves out what is the same and not near a difference.
 * @param {readonly DiffLine[]} lines
 * @param {number} around Lines that are kept before and behind.
 * @returns {FoldedLine[]}
 */
export function folded(lines, around) {
  /** @type {FoldedLine[]} */
  const kept = [];
  const near = nearDifference(lines, around);
  let leftOut = 0;
  for (const [at, line] of lines.entries()) {
    if (near[at] === 0) {
      leftOut++;
      continue;
    }
    if (leftOut > 0) kept.push({ kind: 'left-out', lines: leftOut });
    leftOut = 0;
    kept.push(line);
  }
  if (leftOut > 0) kept.push({ kind: 'left-out', lines: leftOut });
  return kept;
}

/** @param {readonly DiffLine[]} lines @param {number} around @returns {Uint8Array} 1 where a line is kept. */
function nearDifference(lines, around) {
  const near = new Uint8Array(lines.length);
  let since = Number.POSITIVE_INFINITY;
  for (const [at, { kind }] of lines.entries()) {
    since = kind === 'same' ? since + 1 : 0;
    if (since <= around) near[at] = 1;
  }
  since = Number.POSITIVE_INFINITY;
  for (let at = lines.length - 1; at >= 0; at--) {
    since = lines[at]?.kind === 'same' ? since + 1 : 0;
    if (since <= around) near[at] = 1;
  }
  return near;
}

/** @param {readonly DiffLine[]} lines */
export function differences(lines) {
  return {
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
  };
}
