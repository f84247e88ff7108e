/** The nodes of a walk in the order in which they can be removed: each one behind all that is below it. Keeps one node for each level. */
export async function* deepestFirst<T extends { readonly depth: number }>(
  nodes: AsyncIterable<T>,
): AsyncGenerator<T> {
  const open: T[] = [];
  for await (const node of nodes) {
    while (open.length > 0 && open.at(-1)!.depth >= node.depth) yield open.pop()!;
    open.push(node);
  }
  while (open.length > 0) yield open.pop()!;
}
