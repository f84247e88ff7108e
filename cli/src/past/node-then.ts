import type { AclList, NodeStat } from '@rookery/client';
import type { PastLine } from './ask-past.ts';

/** A node as it was. */
export interface NodeThen {
  readonly path: string;
  /** undefined: values were not asked for. */
  readonly value: Buffer | undefined;
  readonly hash: string;
  readonly aclHash: string;
  /** undefined: it is told to those alone who may change it. */
  readonly acl: AclList | undefined;
  readonly stat: NodeStat;
  readonly kind: string;
  readonly ttlMs: number | undefined;
  /** Children that it had had by then: the number of the next sequential one. */
  readonly creations: number;
}

const PERMISSIONS = ['read', 'write', 'create', 'delete', 'admin'];

export function nodeThenOf({ path, fields }: PastLine): NodeThen {
  const value = fields.text('value');
  return {
    path,
    value: value === undefined ? undefined : Buffer.from(value, 'base64'),
    hash: fields.text('hash') ?? '',
    aclHash: fields.text('aclHash') ?? '',
    acl: fields.names.includes('acl') ? aclOf(fields.list('acl')) : undefined,
    stat: statOf(fields.fields('stat')),
    kind: fields.text('kind') ?? 'persistent',
    ttlMs: fields.number('ttlMs'),
    creations: fields.number('creations') ?? 0,
  };
}

function aclOf(entries: ReturnType<PastLine['fields']['list']>): AclList {
  return entries.map((entry) => ({
    scheme: entry.text('scheme') ?? '',
    id: entry.text('id') ?? '',
    perms: entry.texts('permissions').reduce((bits, name) => bits | (1 << PERMISSIONS.indexOf(name)), 0),
  }));
}

function statOf(stat: PastLine['fields']): NodeStat {
  const number = (name: string): number => stat.number(name) ?? 0;
  return {
    czxid: number('czxid'),
    mzxid: number('mzxid'),
    pzxid: number('pzxid'),
    ctime: number('ctime'),
    mtime: number('mtime'),
    version: number('version'),
    cversion: number('cversion'),
    aversion: number('aversion'),
    ephemeralOwner: BigInt(stat.text('ephemeralOwner') ?? '0x0'),
    dataLength: number('dataLength'),
    numChildren: number('numChildren'),
  };
}
