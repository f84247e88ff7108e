/** Lines of `before` that went, as `- `, and of `after` that came, as `+ `, in order; the others are left out but for their place. */
export function lineDifference(before: readonly string[], after: readonly string[]): string[] {
  const common = commonLengths(before, after);
  const changes: string[] = [];
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    if (left < before.length && right < after.length && before[left] === after[right]) {
      left += 1;
      right += 1;
    } else if (
      right >= after.length ||
      (left < before.length && common[left + 1]![right]! >= common[left]![right + 1]!)
    ) {
      changes.push(`- ${before[left++]}`);
    } else {
      changes.push(`+ ${after[right++]}`);
    }
  }
  return changes;
}

/** `[i][j]`: how many lines a longest common sequence of before from i and after from j has. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      lengths[left]![right] =
        before[left] === after[right]
          ? lengths[left + 1]![right + 1]! + 1
          : Math.max(lengths[left + 1]![right]!, lengths[left]![right + 1]!);
    }
  }
  return lengths;
}
