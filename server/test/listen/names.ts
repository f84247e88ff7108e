import dns, { type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { vi } from 'vitest';

/** The addresses of a name, or why there are none. */
export type Answer = readonly string[] | NodeJS.ErrnoException;

export interface Answers {
  /** How often a name was looked up. */
  readonly looks: number;
  restore(): void;
}

/** What every name stands for, look after look; the last answer stays. */
export function nameAnswers(...answers: readonly Answer[]): Answers {
  const seen = { looks: 0, restore: () => spy.mockRestore() };
  const real = dns.lookup;
  const lookup = (
    name: string,
    options: object,
    done: (error: Error | null, all?: LookupAddress[]) => void,
  ): void => {
    // net looks up addresses, too.
    if (isIP(name) !== 0) {
      real(name, options, done as never);
      return;
    }
    const answer = answers[Math.min(seen.looks++, answers.length - 1)]!;
    if (answer instanceof Error) setImmediate(done, answer);
    else {
      const all = answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      setImmediate(done, null, all);
    }
  };
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
  return seen;
}

export function unknownName(): NodeJS.ErrnoException {
  return Object.assign(new Error('getaddrinfo ENOTFOUND zk1.example'), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
  });
}
