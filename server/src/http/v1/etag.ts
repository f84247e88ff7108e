import { ProgramsError } from './errors.ts';

/** What an ETag names: the node by the write that created it, and how often its value, or its access list, was changed since. */
export interface Tag {
  readonly czxid: number;
  readonly version: number;
}

/** Another node at the same path has another one. */
export function etagOf({ czxid, version }: Tag): string {
  return `"${czxid}-${version}"`;
}

/** The header If-Match: undefined where it is not there, 'any' for `*`. Throws ProgramsError where it is no ETag of ours. */
export function readIfMatch(header: string | undefined): Tag | 'any' | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (text === '*') return 'any';
  const found = /^"(\d{1,16})-(-?\d{1,10})"$/.exec(text);
  if (found !== null) return { czxid: Number(found[1]), version: Number(found[2]) };
  throw new ProgramsError(
    'BAD_ARGUMENTS',
    'If-Match takes one ETag as an answer here gave it, quotes included, or *',
  );
}

/** Whether If-None-Match names the state with this ETag, so that it need not be sent again. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => {
    const text = each.trim();
    return text === '*' || text === etag || text === `W/${etag}`;
  });
}
