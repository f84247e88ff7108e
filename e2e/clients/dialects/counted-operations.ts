import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { op } from '../../../testkit/src/wire/requests.ts';
import { LyingProxy } from '../libraries/lying-proxy.ts';

/** Length, xid and operation, which stand before the record of a request. */
const BEFORE_RECORD = 12;

/** Between a client and each of the members: it hands on what both say, and counts what the client asks for. */
export class CountedOperations {
  readonly #proxies: readonly LyingProxy[];
  readonly #counts: ReadonlyMap<number, number>;

  /** Made by its static function alone. */
  constructor(proxies: readonly LyingProxy[], counts: ReadonlyMap<number, number>) {
    this.#proxies = proxies;
    this.#counts = counts;
  }

  static async start({ members }: Ensemble): Promise<CountedOperations> {
    const counts = new Map<number, number>();
    const honest = {
      name: 'no lie',
      caughtBy: 'nobody',
      forgedReply: (operation: number, request: Buffer): undefined => {
        const steps = operation === op.multi ? stepsOf(request) : [];
        for (const each of [operation, ...steps]) counts.set(each, (counts.get(each) ?? 0) + 1);
      },
    };
    const proxies = members.map((member) => LyingProxy.start(member.endpoint, honest));
    return new CountedOperations(await Promise.all(proxies), counts);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#proxies.map(({ endpoint }) => endpoint);
  }

  /** How often it was asked for, alone or as a step of a multi. */
  count(operation: number): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Every operation that was asked for. */
  get all(): number[] {
    return [...this.#counts.keys()];
  }

  stop(): void {
    for (const proxy of this.#proxies) proxy.stop();
  }
}

const CREATES: readonly number[] = [op.create, 15, 502];
const PATH_AND_INT: readonly number[] = [op.delete, op.check, 501, 503, 505];

/** The operations of a multi. */
function stepsOf(request: Buffer): number[] {
  const steps: number[] = [];
  let at = BEFORE_RECORD;
  const int = (): number => {
    at += 4;
    return request.readInt32BE(at - 4);
  };
  const skipBytes = (): void => {
    const length = int();
    at += Math.max(0, length);
  };
  for (;;) {
    const operation = int();
    const isEnd = request[at] !== 0;
    at += 1 + 4;
    if (isEnd) return steps;
    steps.push(operation);
    skipBytes();
    if (CREATES.includes(operation)) {
      skipBytes();
      for (let entries = int(); entries > 0; entries--) {
        int();
        skipBytes();
        skipBytes();
      }
      int();
    } else if (operation === op.setData) {
      skipBytes();
      int();
    } else if (PATH_AND_INT.includes(operation)) int();
    else throw new Error(`a multi has operation ${operation}, whose record is not known here`);
  }
}
