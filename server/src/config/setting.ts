import type { Kind } from './values.ts';

/**
 * One setting under its four names. The YAML name is its key in SETTINGS (dots are nesting) and the place in
 * Config; a flag is it in kebab-case (`--client-port`), an environment variable in capitals (`ROOKERY_CLIENT_PORT`).
 */
export interface Setting<T, D extends T | undefined> {
  readonly kind: Kind<T>;
  /** For --help, without its default. */
  readonly about: string;
  /** What holds where nobody gives it. undefined: nothing, or what another setting comes to. */
  readonly fallback: D;
  /** The default in words, where it takes more than its value. */
  readonly fallbackText?: string;
  /** ZooKeeper's key, where the meaning is the same. */
  readonly zoo?: string;
  /** Secrets: other users see a process's flags. */
  readonly noFlag?: true;
}

export type Rest = Pick<Setting<unknown, undefined>, 'fallbackText' | 'zoo' | 'noFlag'>;

export function setting<T>(kind: Kind<T>, about: string, rest: Rest = {}): Setting<T, undefined> {
  return { kind, about, fallback: undefined, ...rest };
}

export function withDefault<T>(kind: Kind<T>, fallback: T, about: string, rest: Rest = {}): Setting<T, T> {
  return { kind, about, fallback, ...rest };
}
