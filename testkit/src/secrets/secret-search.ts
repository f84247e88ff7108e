/** Something that only those may know to whom it was given. */
export interface Secret {
  /** For people: findings name it, and never show it. */
  readonly name: string;
  readonly value: string | Uint8Array;
}

/** Something that a program shows, or leaves behind: a log, an answer, its arguments. */
export interface Place {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface Finding {
  readonly secret: string;
  readonly place: string;
  /** In which spelling it stands there. */
  readonly form: string;
  /** Where in the place, in bytes. */
  readonly at: number;
}

/** Shorter ones stand anywhere by chance. */
const MIN_BYTES = 6;
/** Letters of base64 that one byte decides alone: what stands before it in the same three decides the first ones. */
const BASE64_SKIP = [0, 2, 3] as const;

/**
 * Looks for secrets in whatever a run shows, in each spelling in which programs give bytes away by mistake: as they are, escaped for JSON or an
 * address, in hexadecimal digits, in base64 (also inside of a longer text in base64), and byte by byte, as a structured log writes a buffer.
 */
export class SecretSearch {
  readonly #sought: readonly {
    readonly secret: string;
    readonly form: string;
    readonly bytes: Buffer;
  }[];

  /** Throws where a secret is too short to be told from chance. */
  constructor(secrets: readonly Secret[]) {
    this.#sought = secrets.flatMap(({ name, value }) => {
      const bytes = Buffer.from(value as Uint8Array);
      if (bytes.length < MIN_BYTES) throw new RangeError(`${name} is too short to be looked for`);
      return [...spellings(bytes)].map(([spelled, form]) => ({
        secret: name,
        form,
        bytes: Buffer.from(spelled, 'latin1'),
      }));
    });
  }

  /** The first finding of each spelling in each place. */
  in(places: readonly Place[]): Finding[] {
    return places.flatMap(({ name, content }) => {
      const bytes = Buffer.from(content as Uint8Array);
      return this.#sought.flatMap(({ secret, form, bytes: sought }) => {
        const at = bytes.indexOf(sought);
        return at < 0 ? [] : [{ secret, place: name, form, at }];
      });
    });
  }
}

/** For people, a line each. */
export function describeFinding({ secret, place, form, at }: Finding): string {
  return `${secret} stands in ${place}, ${form}, at byte ${at}`;
}

/** Each spelling once, in latin1, with what it is called. */
function spellings(bytes: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  const add = (spelled: string, form: string): void => {
    if (!found.has(spelled)) found.set(spelled, form);
  };
  add(bytes.toString('latin1'), 'as it is');
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) {
    const escaped = Buffer.from(JSON.stringify(text).slice(1, -1));
    add(escaped.toString('latin1'), 'escaped for JSON');
    add(encodeURIComponent(text), 'escaped for an address');
  }
  add(bytes.toString('hex'), 'in hexadecimal digits');
  add(bytes.toString('hex').toUpperCase(), 'in hexadecimal digits');
  for (const skip of BASE64_SKIP.keys()) {
    const core = base64Core(bytes, skip);
    add(core, 'in base64');
    add(core.replaceAll('+', '-').replaceAll('/', '_'), 'in base64 for addresses');
  }
  const list = [...bytes];
  add(list.join(','), 'byte by byte');
  add(list.join(', '), 'byte by byte');
  add(list.map((byte, i) => `"${i}":${byte}`).join(','), 'byte by byte');
  return found;
}

/** What of base64 stands there whatever is around the bytes, where `before` bytes of their first three are others'. */
function base64Core(bytes: Buffer, before: number): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const whole = Math.floor((all.length * 8) / 6);
  return all.toString('base64').slice(BASE64_SKIP[before], whole);
}
