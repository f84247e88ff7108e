import { type AclList, ErrorCode, OPEN_ACL, Permission, READ_ACL } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { SUPER } from '../../src/model/access.ts';
import { TreeDriver } from './tree-driver.ts';
import { check, create, multi, remove, setAcl, setData } from './writes.ts';

const ip = (id: string): AclList => [{ perms: 31, scheme: 'ip', id }];

describe('ACLs', () => {
  const user = [{ scheme: 'digest', id: 'u:x' }];

  test.each([
    ['create', create('/n/c'), Permission.create],
    ['setData', setData('/n', ''), Permission.write],
    ['delete of a child', remove('/n/old'), Permission.delete],
    ['setACL', setAcl('/n', OPEN_ACL), Permission.admin],
    ['check', multi(check('/n')), Permission.read],
  ])('%s needs its permission on the right node', (_, write, permission) => {
    const t = new TreeDriver();
    const only = (perms: number): AclList => [{ perms, scheme: 'digest', id: 'u:x' }];
    t.apply(create('/n'));
    t.apply(create('/n/old', { acl: READ_ACL }));
    t.apply(setAcl('/n', only(Permission.all & ~permission)));
    expect(t.apply(write, 0, user).err).toBe(ErrorCode.noAuth);
    t.apply(setAcl('/n', only(permission)), 0, SUPER);
    expect(t.apply(write).err).toBe(ErrorCode.noAuth);
    expect(t.apply(write, 0, [{ scheme: 'digest', id: 'u:y' }]).err).toBe(ErrorCode.noAuth);
    expect(t.apply(write, 0, user).err).toBe(ErrorCode.ok);
  });

  test('may name the empty id of x509 and sasl, which is what a certificate without a subject proves', () => {
    const t = new TreeDriver();
    const nameless = [{ scheme: 'x509', id: '' }];
    expect(t.apply(create('/n', { acl: [{ perms: 31, scheme: 'x509', id: '' }] })).err).toBe(ErrorCode.ok);
    expect(t.apply(create('/m', { acl: [{ perms: 31, scheme: 'sasl', id: '' }] })).err).toBe(ErrorCode.ok);
    expect(t.apply(setData('/n', '')).err).toBe(ErrorCode.noAuth);
    expect(t.apply(setData('/n', ''), 0, nameless).err).toBe(ErrorCode.ok);
  });

  test('admits an address within the network', () => {
    const t = new TreeDriver();
    t.apply(create('/n', { acl: ip('10.1.0.0/16') }));
    t.apply(create('/m', { acl: ip('fe80::/10') }));
    const from = (id: string) => [{ scheme: 'ip', id }];
    const may = (path: string, id: string) => t.tree.permits(t.slot(path), Permission.write, from(id));
    expect([may('/n', '10.1.255.1'), may('/n', '10.2.0.1'), may('/n', '::1'), may('/n', 'nonsense')]).toEqual(
      [true, false, false, false],
    );
    expect([may('/m', 'febf::1'), may('/m', 'fec0::1')]).toEqual([true, false]);
  });
});
