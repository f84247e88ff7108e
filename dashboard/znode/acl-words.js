// An access list, in words and out of a form.

/** @typedef {import('../../server/src/http/v1/node-shapes.ts').AclJson} AclJson */
/** @typedef {AclJson['permissions'][number]} PermissionName */

/** @type {readonly (readonly [PermissionName, string])[]} */
export const PERMISSIONS = [
  ['read', 'read it'],
  ['write', 'write it'],
  ['create', 'create children'],
  ['delete', 'delete children'],
  ['admin', 'change this list'],
];

/** @type {AclJson} */
export const OPEN_ENTRY = {
  scheme: 'world',
  id: 'anyone',
  permissions: PERMISSIONS.map(([name]) => name),
};

/** @param {readonly string[]} words */
function listed(words) {
  const last = words.at(-1);
  return words.length < 2 ? (last ?? '') : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** @param {AclJson} entry @returns {string} Who it is about. */
export function whoWords({ scheme, id }) {
  switch (scheme) {
    case 'world':
      return 'Anyone';
    case 'auth':
      return 'Whoever created it';
    case 'digest':
      return `User ${id.split(':')[0]} with the password`;
    case 'ip':
      return `Callers from ${id}`;
    case 'x509':
      return `The certificate ${id}`;
    case 'sasl':
      return `User ${id} by SASL`;
    default:
      return `${scheme} ${id}`;
  }
}

/** @param {AclJson} entry @returns {string} Such as "may read it and write it". */
export function mayWords({ permissions }) {
  if (permissions.length === PERMISSIONS.length) return 'may do everything';
  if (permissions.length === 0) return 'may do nothing';
  return `may ${listed(PERMISSIONS.filter(([name]) => permissions.includes(name)).map(([, words]) => words))}`;
}

/** Whether the server has put an x in the place of a digest's hash, as it does for those who may not change the list. @param {readonly AclJson[]} acl */
export function hidesHashes(acl) {
  return acl.some(({ scheme, id }) => scheme === 'digest' && id.endsWith(':x'));
}

/**
 * What is wrong with a list before it is sent, for people; undefined: nothing that can be seen from here.
 * @param {readonly AclJson[]} acl
 */
export function problemOfAcl(acl) {
  if (acl.length === 0) return 'A list needs an entry.';
  const without = acl.find(({ permissions }) => permissions.length === 0);
  if (without !== undefined) return `${whoWords(without)} may do nothing: take the entry out instead.`;
  if (acl.some(({ scheme, id }) => scheme === 'digest' && !/^[^:]+:.+$/.test(id)))
    return 'An entry of digest is USER:HASH; the hash is base64 of SHA-1 of USER:PASSWORD.';
  if (hidesHashes(acl)) return 'A hash is hidden from you (x): whoever may change the list sees it.';
  return undefined;
}

/** @param {readonly AclJson[]} acl Whether nobody could ever change the list again but a superuser. */
export function locksOut(acl) {
  return !acl.some(({ permissions }) => permissions.includes('admin'));
}
