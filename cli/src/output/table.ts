/** How one column of a table is set. */
export interface Column {
  readonly title: string;
  /** Characters; a longer cell pushes the rest of its row to the right. The last column needs none. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** One row. Widths are fixed, so that a table of any length is written row by row. */
export function tableRow(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map(({ width, align }, i) => {
      const cell = cells[i] ?? '';
      return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
    })
    .join('  ')
    .trimEnd();
}

export function tableHead(columns: readonly Column[]): string {
  return tableRow(
    columns,
    columns.map(({ title }) => title),
  );
}

/** Names and their values, one below the other. */
export function listing(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}
