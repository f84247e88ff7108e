import { OPEN_ACL, READ_ACL, type TreeWrite } from '@rookery/protocol';
import { SUPER } from '../../src/model/access.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import type { Subject } from './random-run.ts';
import { create, remove, setAcl, setData } from './writes.ts';

/** A short history of one node: writes with zxid, time and session. */
type History = readonly (readonly [TreeWrite, number, number, number])[];

const plain: History = [[create('/a', { data: 'x' }), 1, 1000, 5]];

/** Histories that each leave the node different from all the others in one respect. */
export const HISTORIES: Readonly<Record<string, History>> = {
  plain,
  path: [[create('/b', { data: 'x' }), 1, 1000, 5]],
  data: [[create('/a', { data: 'y' }), 1, 1000, 5]],
  'longer data': [[create('/a', { data: 'x\0' }), 1, 1000, 5]],
  'empty data': [[create('/a', { data: '' }), 1, 1000, 5]],
  'null data': [[create('/a', { data: null }), 1, 1000, 5]],
  acl: [[create('/a', { data: 'x', acl: READ_ACL }), 1, 1000, 5]],
  czxid: [[create('/a', { data: 'x' }), 2, 1000, 5]],
  'czxid’s upper half': [[create('/a', { data: 'x' }), 1 + 2 ** 32, 1000, 5]],
  time: [[create('/a', { data: 'x' }), 1, 1001, 5]],
  owner: [[create('/a', { data: 'x', flags: 1 }), 1, 1000, 5]],
  'another owner': [[create('/a', { data: 'x', flags: 1 }), 1, 1000, 6]],
  container: [[create('/a', { data: 'x', op: 19, flags: 4 }), 1, 1000, 5]],
  ttl: [[create('/a', { data: 'x', op: 21, flags: 5, ttlMs: 7 }), 1, 1000, 5]],
  version: [...plain, [setData('/a', 'x'), 2, 1000, 5]],
  aversion: [...plain, [setAcl('/a', OPEN_ACL), 2, 1000, 5]],
  'children that were': [...plain, [create('/a/c'), 2, 1000, 5], [remove('/a/c'), 3, 1000, 5]],
  nothing: [],
};

/** Throws where two histories leave the same digest, or one of them two. */
export function runDigests(subject: Subject): void {
  const seen = new Map<string, string>();
  for (const [name, history] of Object.entries(HISTORIES)) {
    const digests = [1, 2].map((hashSeed) => {
      const tree = new subject.Tree({ hashSeed });
      for (const [write, zxid, timeMs, session] of history) {
        const { err } = tree.apply(write, asZxid(zxid), timeMs, asSessionId(session), SUPER);
        if (err !== 0) throw new Error(`${name}: ${err}`);
      }
      return tree.digest();
    });
    const [digest, again] = digests as [string, string];
    if (digest !== again) throw new Error(`${name}: the digest depends on the member`);
    const same = seen.get(digest);
    if (same !== undefined) throw new Error(`${name} and ${same} have the same digest`);
    seen.set(digest, name);
  }
}
