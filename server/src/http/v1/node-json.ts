import { isUtf8 } from 'node:buffer';
import type { AclList, NodeStat } from '@rookery/client';
import { Permission } from '@rookery/protocol';
import { ProgramsError } from './errors.ts';
import type { AclJson, PermissionName, StatJson, ValueJson } from './node-shapes.ts';

export const PERMISSION_NAMES: readonly PermissionName[] = ['read', 'write', 'create', 'delete', 'admin'];

type AnyStat = Omit<NodeStat, 'ephemeralOwner'> & { readonly ephemeralOwner: bigint | number };

export function statJson({ ephemeralOwner, ...stat }: AnyStat): StatJson {
  return { ...stat, ephemeralOwner: `0x${ephemeralOwner.toString(16)}` };
}

export function valueJson(data: Buffer): ValueJson {
  const value = data.toString('base64');
  return isUtf8(data) ? { value, text: data.toString('utf8') } : { value };
}

/** A value as JSON gives it: `value` in base64 or `text`, not both; empty where there is neither. Throws ProgramsError. */
export function dataOf(
  { value, text }: { readonly value?: string; readonly text?: string },
  path: string,
): Buffer {
  if (value === undefined) return Buffer.from(text ?? '', 'utf8');
  if (text !== undefined) throw new ProgramsError('BAD_ARGUMENTS', 'give value or text, not both', path);
  const data = Buffer.from(value, 'base64');
  // Node skips what is no base64.
  if (data.toString('base64') === value) return data;
  throw new ProgramsError('BAD_ARGUMENTS', 'value has to be base64, padded', path);
}

export function aclJson(acl: AclList): AclJson[] {
  return acl.map(({ scheme, id, perms }) => ({
    scheme,
    id,
    permissions: PERMISSION_NAMES.filter((name) => (perms & Permission[name]) !== 0),
  }));
}

export function aclOf(entries: readonly AclJson[]): AclList {
  return entries.map(({ scheme, id, permissions }) => ({
    scheme,
    id,
    perms: permissions.reduce((perms, name) => perms | Permission[name], 0),
  }));
}
