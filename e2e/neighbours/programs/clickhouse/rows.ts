/** Of every insert. */
export const ROWS_PER_INSERT = 10;

/** The rows of the table's columns `insert` and `row`: no two inserts have the same, or ClickHouse would take them for one. */
export function rowsOf(insert: number): string {
  return Array.from({ length: ROWS_PER_INSERT }, (_, row) => `${insert}\t${row}\n`).join('');
}
