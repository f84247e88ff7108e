import type { Identities } from '@rookery/protocol';

/** A moment: right after the write with that zxid, or after all that was written up to that time (ms since 1970). */
export type Point = { readonly zxid: number } | { readonly timeMs: number };

/** What is asked, with all that whoever answers needs to know: it has no configuration of its own. */
export interface Question {
  readonly dataDir: string;
  readonly dataLogDir: string;
  /** Up to this entry all is committed here, and on the disk. */
  readonly lastIndex: number;
  /** For tree and sessions of then. */
  readonly maxTreeBytes: number;
  /** Of whoever asks. */
  readonly identities: Identities;
  readonly path: string;
  readonly asked: Asked;
}

export type Asked =
  | { readonly what: 'node'; readonly at: Point }
  /** Also all below it, parents first, siblings by their names. */
  | { readonly what: 'subtree'; readonly at: Point; readonly hasValues: boolean }
  /** Who wrote what: after `after`, up to `to` (undefined: up to now). */
  | {
      readonly what: 'changes';
      readonly isRecursive: boolean;
      readonly after: Point | undefined;
      readonly to: Point | undefined;
    };

/**
 * A line of an answer: the node that it is about ('' where it is about none), what whoever may read that node may know, and what only those may
 * know who administer it ('' where that is nothing). Neither JSON nor a path has a tab.
 */
export function answerLine(path: string, told: object, toldToAdmins?: object): string {
  const more = toldToAdmins === undefined ? '' : JSON.stringify(toldToAdmins);
  return `${path}\t${JSON.stringify(told)}\t${more}\n`;
}
