import { type Acl, type AclList, type Identities, type Identity, OpCode } from '@rookery/protocol';

/** Bits of an access list, as the protocol has them. */
export const Right = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;

/** Whose list decides about a request, and which of these rights it takes. */
export interface Demand {
  readonly node: string;
  readonly right: number;
}

/** Written for the simulator alone and as plainly as can be: what members allow is compared with it. */
export function may(acl: AclList, right: number, identities: Identities): boolean {
  return acl.some((entry) => (entry.perms & right) !== 0 && isMeant(entry, identities));
}

function isMeant({ scheme, id }: Acl, identities: Identities): boolean {
  if (scheme === 'world') return id === 'anyone';
  return identities.some((identity) => identity.scheme === scheme && identity.id === id);
}

/** What a node gets for the list that was sent: `auth` stands for all that was proved. undefined: that is nobody. */
export function given(acl: AclList, identities: Identities): AclList | undefined {
  const proved = identities.filter(({ scheme }) => scheme !== 'ip');
  if (acl.some(({ scheme }) => scheme === 'auth') && proved.length === 0) return undefined;
  const different = new Map(acl.map((entry) => [JSON.stringify(entry), entry]));
  return [...different.values()].flatMap((entry) =>
    entry.scheme === 'auth' ? proved.map((identity) => ({ perms: entry.perms, ...identity })) : [entry],
  );
}

/** What a write takes. Who may change the children of a node is its own list's word. */
export function demandOf(op: number, path: string): Demand {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  switch (op) {
    case OpCode.delete:
    case OpCode.tryRemove:
    case OpCode.removeRecursive:
      return { node: parent, right: Right.delete };
    case OpCode.setData:
      return { node: path, right: Right.write };
    case OpCode.setAcl:
      return { node: path, right: Right.admin };
    case OpCode.check:
    case OpCode.checkNotExists:
    case OpCode.checkStat:
      return { node: path, right: Right.read };
    default:
      return { node: parent, right: Right.create };
  }
}

export function tellIdentities(identities: readonly Identity[]): string {
  return identities.map(({ scheme, id }) => `${scheme}:${id}`).join(' ');
}
