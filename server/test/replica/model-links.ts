import type { Prng } from '../../sim/prng.ts';

/** What one end of a link is told, in order. */
export type Arrival<P> =
  | { readonly kind: 'up'; readonly from: number }
  | { readonly kind: 'down'; readonly from: number }
  | { readonly kind: 'payload'; readonly from: number; readonly payload: P };

interface End<P> {
  readonly arrivals: (Arrival<P> & { readonly link: number })[];
  /** By the peer: the number of the link that this end knows of. It may have broken since, and another one may stand. */
  readonly known: Map<number, number>;
}

/**
 * Links between processes, as TCP gives them: what is sent arrives late and in order; when a link breaks, both ends hear of it behind a
 * beginning of what was under way, and the rest is lost; what an end sends over a link that is gone goes nowhere.
 */
export class ModelLinks<P> {
  breaks = 0;
  readonly #prng: Prng;
  readonly #ends = new Map<number, End<P>>();
  /** By the pair, "1-2": the number of the link that stands. */
  readonly #standing = new Map<string, number>();
  #links = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** A process begins. */
  attach(id: number): void {
    this.#ends.set(id, { arrivals: [], known: new Map() });
  }

  /** A process ends: its links break. */
  detach(id: number): void {
    for (const other of [...this.#ends.keys()]) this.disconnect(id, other);
    this.#ends.delete(id);
  }

  connect(a: number, b: number): void {
    const [one, two] = [this.#ends.get(a), this.#ends.get(b)];
    if (a === b || this.#standing.has(pair(a, b)) || one === undefined || two === undefined) return;
    const link = ++this.#links;
    this.#standing.set(pair(a, b), link);
    one.arrivals.push({ kind: 'up', from: b, link });
    two.arrivals.push({ kind: 'up', from: a, link });
  }

  /** Whether there was a link to break. */
  disconnect(a: number, b: number): boolean {
    const link = this.#standing.get(pair(a, b));
    if (link === undefined) return false;
    this.#standing.delete(pair(a, b));
    this.breaks++;
    this.#cut(a, b, link);
    this.#cut(b, a, link);
    return true;
  }

  /** Over the link that the sender knows of. */
  send(from: number, to: number, payload: P): void {
    const link = this.#standing.get(pair(from, to));
    if (link === undefined || this.#ends.get(from)?.known.get(to) !== link) return;
    this.#ends.get(to)?.arrivals.push({ kind: 'payload', from, payload, link });
  }

  /** The next thing that this process is told. */
  next(id: number): Arrival<P> | undefined {
    const end = this.#ends.get(id);
    const arrival = end?.arrivals.shift();
    if (arrival?.kind === 'up') end?.known.set(arrival.from, arrival.link);
    if (arrival?.kind === 'down') end?.known.delete(arrival.from);
    return arrival;
  }

  #cut(id: number, from: number, link: number): void {
    const arrivals = this.#ends.get(id)?.arrivals;
    if (arrivals === undefined) return;
    while (this.#prng.chance(0.7)) {
      const last = arrivals.findLastIndex((arrival) => arrival.from === from);
      const arrival = arrivals[last];
      if (arrival?.kind !== 'payload' || arrival.link !== link) break;
      arrivals.splice(last, 1);
    }
    arrivals.push({ kind: 'down', from, link });
  }
}

function pair(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
