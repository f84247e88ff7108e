/**
 * Cells of an open-addressing hash table with linear probing: pairs of a hash and a value above 0; value 0 is an empty cell. Their
 * number is a power of two, and a cell's home is its hash's lower bits. Look-ups are written where they are needed: what equals what
 * differs there.
 */
export function putCell(cells: Int32Array, hash: number, value: number): void {
  const mask = cells.length - 1;
  let at = (hash << 1) & mask;
  while (cells[at + 1] !== 0) at = (at + 2) & mask;
  cells[at] = hash;
  cells[at + 1] = value;
}

/** The value must be there under this hash: where it is not, this throws instead of looking for ever. */
export function removeCell(cells: Int32Array, hash: number, value: number): void {
  const mask = cells.length - 1;
  let hole = (hash << 1) & mask;
  for (; cells[hole + 1] !== value; hole = (hole + 2) & mask) {
    if (cells[hole + 1] === 0) throw new Error(`${value} is not in the table under its hash`);
  }
  // Closes the gap: a later cell moves into it unless that lies before the cell's own home.
  for (let at = (hole + 2) & mask; cells[at + 1] !== 0; at = (at + 2) & mask) {
    const home = (cells[at]! << 1) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      cells[hole] = cells[at]!;
      cells[hole + 1] = cells[at + 1]!;
      hole = at;
    }
  }
  cells[hole + 1] = 0;
}

/** Whether one more would fill more than 3/4 of the cells. */
export function wantsMoreCells(cells: Int32Array, count: number): boolean {
  return (count + 1) * 8 > cells.length * 3;
}

/** The same in twice the room. */
export function twiceTheCells(old: Int32Array): Int32Array<ArrayBuffer> {
  const cells = new Int32Array(old.length * 2);
  for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) putCell(cells, old[at]!, old[at + 1]!);
  return cells;
}
