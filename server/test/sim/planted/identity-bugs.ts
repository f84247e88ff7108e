import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/** Ways in which requests have been checked with the wrong identities or the wrong access list, or not at all. */
export const identityBugs: readonly PlantedBug[] = [
  {
    name: 'what a former connection has proved counts for the next one',
    file: 'server/src/session/table.ts',
    find: 'this.#replace(session, timeoutMs ?? session.timeoutMs, attachIndex, identities);',
    replace:
      'this.#replace(session, timeoutMs ?? session.timeoutMs, attachIndex, identities.length > 0 ? session.identities : []);',
  },
  {
    name: 'deletions are not checked',
    file: 'server/src/tree/operations.ts',
    find: 'if (!allowed(znodes, parent, Permission.delete, context.identities)) return ErrorCode.noAuth;',
    replace: '',
  },
  {
    name: 'who may write may change the access list',
    file: 'server/src/tree/operations.ts',
    find: 'if (!allowed(znodes, slot, Permission.admin, context.identities)) return ErrorCode.noAuth;',
    replace:
      'if (!allowed(znodes, slot, Permission.admin | Permission.write, context.identities)) return ErrorCode.noAuth;',
  },
  {
    name: 'reads do not see what an auth before them has proved',
    file: 'server/src/connections/authentication.ts',
    find: 'if (err === ErrorCode.ok) this.#client.identities = identities;',
    replace: '',
  },
  {
    name: 'what is proved replaces what was proved before',
    file: 'server/src/connections/proofs.ts',
    find: 'const all = [...known, ...added];',
    replace: "const all = [...known.filter(({ scheme }) => scheme === 'ip'), ...added];",
  },
  {
    name: 'an access list is forgotten with the first of the nodes that have it',
    file: 'server/src/tree/acl-table.ts',
    find: 'if (--entry.users > 0) return;',
    replace: 'entry.users--;',
  },
  {
    name: 'half of a proof is enough',
    file: 'server/src/connections/schemes.ts',
    find: 'const proof = decodeUtf8(auth, 0, auth.length);',
    replace: 'const proof = decodeUtf8(auth, 0, auth.indexOf(0x3a) + 2);',
  },
  {
    name: 'a proof that fails is taken for one that nobody needs',
    file: 'server/src/connections/authentication.ts',
    find: 'if (proved === undefined) {',
    replace:
      "if (proved === undefined && request.scheme === 'sasl') return withoutIdentities(ErrorCode.ok); else if (proved === undefined) {",
  },
];
