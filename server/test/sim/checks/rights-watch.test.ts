import { type AclList, ErrorCode } from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { RightsWatch } from '../../../sim/checks/rights-watch.ts';
import type { Action, Result } from '../../../sim/history/operation.ts';
import { Right } from '../../../sim/oracle/rights.ts';
import { TreeHistory } from '../../../sim/oracle/tree-history.ts';
import { addressIdentity, identityOf, USERS, type User } from '../../../sim/workload/users.ts';

const REFUSED = 'nobody is refused what a list allows';
const ALLOWED = 'nobody is told or does what a list forbids';
const FORM = 'a list for whoever has proved something needs a proof';
const SHOWN = 'a list is shown as it was made';
const WHO = 'a connection is who it has proved to be, and nobody else';

const ann = identityOf(USERS[0] as User);
const bob = identityOf(USERS[1] as User);
const here = addressIdentity(7);
const anns: AclList = [{ perms: Right.all, ...ann }];
const bobReads: AclList = [...anns, { perms: Right.read, ...bob }];

let tree: TreeHistory;
let watch: RightsWatch;
let broken: string[];

beforeEach(() => {
  tree = new TreeHistory();
  broken = [];
  watch = new RightsWatch(tree, (rule) => broken.push(rule));
  tree.create('/v', 0, 1);
  tree.create('/v/a', 0, 10, anns);
});

const ok = (zxid: number, more: object = {}): Result => ({ kind: 'ok', zxid, ...more });
const error = (zxid: number, code: number): Result => ({ kind: 'error', zxid, code });
const noAuth = (zxid: number): Result => error(zxid, ErrorCode.noAuth);
const set: Action = { kind: 'set', path: '/v/a', value: 'x', version: -1 };
const get: Action = { kind: 'get', path: '/v/a' };
const remove: Action = { kind: 'delete', path: '/v/a', version: -1 };

describe('what lists allow', () => {
  test('the owner writes, others are refused', () => {
    watch.answered(set, ok(11), [here, ann]);
    watch.answered(set, noAuth(12), [here, bob]);
    expect(broken).toEqual([]);
    expect(watch.totals).toEqual({ refused: 1, acceptedByIdentity: 1, aclsChanged: 0 });
  });

  test('a write without the right is taken', () => {
    watch.answered(set, ok(11), [here]);
    expect(broken).toEqual([ALLOWED]);
  });

  test('the owner is refused', () => {
    watch.answered(set, noAuth(11), [here, ann]);
    expect(broken).toEqual([REFUSED]);
  });

  test('an error tells of a node that may not be seen', () => {
    watch.answered(set, error(11, ErrorCode.badVersion), [here]);
    expect(broken).toEqual([ALLOWED]);
  });

  test('nothing is said where the session had ended, or nothing was proposed', () => {
    watch.answered(set, error(11, ErrorCode.sessionExpired), [here]);
    watch.answered(set, { kind: 'refused', zxid: 11, code: ErrorCode.throttledOp }, [here]);
    expect(broken).toEqual([]);
  });

  test('a deletion is the word of the parent', () => {
    watch.answered(remove, ok(11), [here]);
    expect(broken).toEqual([]);
    tree.setAcl('/v', 12, anns);
    watch.answered(remove, noAuth(13), [here]);
    expect(broken).toEqual([]);
    watch.answered(remove, ok(14), [here]);
    expect(broken).toEqual([ALLOWED]);
  });

  test('a write is judged by the list before it, a read by that which it shows', () => {
    tree.setAcl('/v/a', 11, bobReads);
    watch.answered(get, ok(11), [here, bob]);
    watch.answered(get, noAuth(10), [here, bob]);
    watch.answered({ kind: 'setAcl', path: '/v/a', acl: bobReads }, ok(11), [here, ann]);
    expect(broken).toEqual([]);
    expect(watch.totals.aclsChanged).toBe(1);
    watch.answered({ kind: 'setAcl', path: '/v/a', acl: anns }, ok(12), [here, bob]);
    expect(broken).toEqual([ALLOWED]);
  });

  test('a list for whoever has proved something', () => {
    const acl: AclList = [{ perms: Right.all, scheme: 'auth', id: '' }];
    watch.answered({ kind: 'create', path: '/v/b', value: 'x', acl }, error(11, ErrorCode.invalidAcl), [
      here,
    ]);
    expect(broken).toEqual([]);
    watch.answered({ kind: 'create', path: '/v/b', value: 'x', acl }, ok(12), [here]);
    expect(broken).toEqual([FORM]);
  });
});

describe('what is shown', () => {
  test('a list, with its digests for who may change it and without for others', () => {
    tree.setAcl('/v/a', 11, bobReads);
    const hidden = bobReads.map((entry, at) => ({ ...entry, id: at === 0 ? 'ann:x' : 'bob:x' }));
    watch.answered({ kind: 'getAcl', path: '/v/a' }, ok(12, { acl: bobReads }), [here, ann]);
    watch.answered({ kind: 'getAcl', path: '/v/a' }, ok(12, { acl: hidden }), [here, bob]);
    expect(broken).toEqual([]);
    watch.answered({ kind: 'getAcl', path: '/v/a' }, ok(12, { acl: bobReads }), [here, bob]);
    watch.answered({ kind: 'getAcl', path: '/v/a' }, ok(12, { acl: anns }), [here, ann]);
    expect(broken).toEqual([SHOWN, SHOWN]);
  });

  test('who a connection is', () => {
    watch.answered({ kind: 'whoAmI' }, ok(12, { users: ['ip:10.0.0.7', 'digest:ann'] }), [here, ann]);
    expect(broken).toEqual([]);
    watch.answered({ kind: 'whoAmI' }, ok(12, { users: ['ip:10.0.0.7', 'digest:ann'] }), [here]);
    expect(broken).toEqual([WHO]);
  });
});
