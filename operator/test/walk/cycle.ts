const NEW = 0;
const OPEN = 1;
const DONE = 2;

/**
 * Nodes that lead round to the first of them; undefined: there are none. Depth first, without recursion.
 *
 * @param firstEdge where the edges of each node begin in `edges`; who has none there was not looked at, and leads nowhere
 */
export function findCycle(firstEdge: readonly number[], edges: readonly number[]): number[] | undefined {
  const colour = new Uint8Array(firstEdge.length);
  const nextEdge = Int32Array.from(firstEdge);
  const endOf = (node: number): number => firstEdge[node + 1] ?? edges.length;
  for (let root = 0; root < firstEdge.length; root++) {
    if (colour[root] !== NEW) continue;
    const way = [root];
    colour[root] = OPEN;
    while (way.length > 0) {
      const node = way.at(-1)!;
      if (nextEdge[node]! === endOf(node)) {
        colour[node] = DONE;
        way.pop();
        continue;
      }
      const next = edges[nextEdge[node]!++]!;
      if (next >= firstEdge.length || colour[next] === DONE) continue;
      if (colour[next] === OPEN) return way.slice(way.indexOf(next));
      colour[next] = OPEN;
      way.push(next);
    }
  }
  return undefined;
}
