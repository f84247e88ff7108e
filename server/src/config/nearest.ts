/** More edits than this are another word, not a slip of the finger. */
const MAX_EDITS = 2;

/** Levenshtein's distance, one row at a time. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** `; did you mean X?`, or nothing where no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  let best = '';
  let bestEdits = MAX_EDITS + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestEdits) continue;
    const distance = edits(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestEdits) {
      best = candidate;
      bestEdits = distance;
    }
  }
  return best === '' ? '' : `; did you mean ${best}?`;
}
