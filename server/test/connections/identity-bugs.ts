import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

/** Ways to mistake who a connection is. */
export const IDENTITY_BUGS: readonly PlantedBug[] = [
  {
    name: 'identities are kept over an attachment',
    file: 'server/src/session/table.ts',
    find: 'this.#replace(session, timeoutMs ?? session.timeoutMs, attachIndex, identities);',
    replace:
      'this.#replace(session, session.timeoutMs, attachIndex, [...session.identities, ...identities]);',
  },
  {
    name: "a write is checked with another session's identities",
    file: 'server/src/replica/state-machine.ts',
    find: 'const { identities } = sessions.get(header.session)!;',
    replace: 'const { identities } = [...sessions.values()][0]!;',
  },
  {
    name: 'identities are missing from a snapshot',
    file: 'server/src/tree/snapshot-walk.ts',
    find: '    if (session.identities.length > 0) writeIdentities(this.#out, session.identities);\n',
    replace: '',
  },
  {
    name: 'different lists are taken for one',
    file: 'server/src/session/identity-lists.ts',
    find: 'const key = keyOf(list);',
    replace: 'const key = String(list.length);',
  },
  {
    name: 'a read before an auth sees it',
    file: 'server/src/connections/authentication.ts',
    find: 'this.#claimed = proved;',
    replace: 'this.#claimed = this.#client.identities = proved;',
  },
  {
    name: 'a read behind an auth does not see it',
    file: 'server/src/connections/authentication.ts',
    find: 'if (err === ErrorCode.ok) this.#client.identities = identities;',
    replace: '',
  },
  {
    name: 'an auth takes the place of the one before it',
    file: 'server/src/connections/proofs.ts',
    find: 'const all = [...known, ...added];',
    replace: 'const all = [...added];',
  },
  {
    name: 'an auth forgets those that are on their way',
    file: 'server/src/connections/authentication.ts',
    find: 'this.#claimed = proved;',
    replace: '',
  },
  {
    name: 'an auth over an older connection counts',
    file: 'server/src/replica/state-machine.ts',
    find: 'result.err = sessions.check(header.session, header.attachIndex);',
    replace:
      'result.err = header.op === OpCode.setIdentities ? ErrorCode.ok : sessions.check(header.session, header.attachIndex);',
  },
  {
    name: 'an auth that proves nothing new is answered at once',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'this.#answerInTurn(xid, op, err, token);\n    else this.#proposeInTurn(',
    replace: 'this.#answerAuth(xid, op, err, token);\n    else this.#proposeInTurn(',
  },
  {
    name: 'a list is forgotten while a session still has it',
    file: 'server/src/session/identity-lists.ts',
    find: '--entry.users > 0',
    replace: '--entry.users > 1',
  },
];
