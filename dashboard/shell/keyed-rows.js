// Rows that stay the elements that they are while what they say changes: the focus stays where it is, and nothing flickers.

/**
 * @template Row
 * @param {Element} parent It has no other children.
 * @param {(key: string) => Row & {readonly element: HTMLElement}} make
 * @returns {(keys: readonly string[]) => (Row & {readonly element: HTMLElement})[]} Leaves rows for these keys, in their order.
 */
export function keyedRows(parent, make) {
  /** @type {Map<string, Row & {readonly element: HTMLElement}>} */
  let rows = new Map();
  return (keys) => {
    const next = new Map(keys.map((key) => [key, rows.get(key) ?? make(key)]));
    for (const [key, { element }] of rows) if (!next.has(key)) element.remove();
    rows = next;
    const wanted = [...next.values()];
    for (const [at, { element }] of wanted.entries()) {
      const there = parent.children[at];
      if (there !== element) parent.insertBefore(element, there ?? null);
    }
    return wanted;
  };
}
