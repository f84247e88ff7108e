import { type Acl, type AclList, Permission } from '@rookery/protocol';

/** In the order in which ZooKeeper's own tools print them. */
const letters = [
  ['c', Permission.create],
  ['d', Permission.delete],
  ['r', Permission.read],
  ['w', Permission.write],
  ['a', Permission.admin],
] as const;

/** `world:anyone:cdrwa`: scheme, id, permissions. */
export function aclText({ scheme, id, perms }: Acl): string {
  const held = letters.filter(([, bit]) => (perms & bit) !== 0).map(([letter]) => letter);
  return `${scheme}:${id}:${held.join('')}`;
}

export function aclTexts(acl: AclList): string[] {
  return acl.map(aclText);
}

/** Reads what `aclText` writes; the id may have colons in it. Throws RangeError. */
export function parseAcl(text: string): Acl {
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  if (first <= 0 || last === first)
    throw new RangeError(
      `"${text}" is no entry of an access list: SCHEME:ID:PERMISSIONS is expected, as in world:anyone:r`,
    );
  let perms = 0;
  for (const letter of text.slice(last + 1)) {
    const bit = letters.find(([known]) => known === letter)?.[1];
    if (bit === undefined)
      throw new RangeError(
        `"${letter}" in "${text}" is no permission: c, d, r, w and a are (create, delete, read, write, admin)`,
      );
    perms |= bit;
  }
  return { scheme: text.slice(0, first), id: text.slice(first + 1, last), perms };
}

/** Whether the server has put an x in the place of a digest's hash, as it does for those who may not change the list. */
export function hidesHashes(acl: AclList): boolean {
  return acl.some(({ scheme, id }) => scheme === 'digest' && id.endsWith(':x'));
}

export function isSameAcl(a: AclList, b: AclList): boolean {
  const texts = new Set(aclTexts(a));
  return texts.size === new Set(aclTexts(b)).size && aclTexts(b).every((text) => texts.has(text));
}
