import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { join } from '../paths.ts';
import { type Contender, contendersOf } from './contenders.ts';
import { Presence } from './presence.ts';

const MARK = '__party__';

/** Who is there. A member is one for as long as its process lives and wants to be. Shared with kazoo's Party. */
export class Party {
  readonly path: string;
  readonly #zk: Client;

  constructor(zk: Client, path: string) {
    this.#zk = zk;
    this.path = path;
  }

  /** From now on it is there, in this session and those that follow. @param value what the others read of it */
  join(value: Value): Promise<Presence> {
    return Presence.announce(this.#zk, join(this.path, `${this.#zk.uniqueId()}${MARK}`), value);
  }

  members(): Promise<Contender[]> {
    return contendersOf(this.#zk, this.path, (name) => (name.includes(MARK) ? 0 : undefined));
  }
}
