import { expect, test } from 'vitest';
import { parseJson } from '../../src/members-http/fields.ts';
import { sessionsOf } from '../../src/sessions/sessions-of.ts';

const read = (value: unknown) => parseJson(typeof value === 'string' ? value : JSON.stringify(value))!;

test('what all members tell is put together, session by session', () => {
  const found = sessionsOf([
    {
      serverId: 1,
      connections: read({
        connections: [
          { session_id: 5, session_timeout: 10_000, remote_socket_address: '10.0.0.9:4' },
          { session_id: 0, remote_socket_address: '10.0.0.9:5' },
        ],
        secure_connections: [],
      }),
      dump: read({
        expiry_time_to_session_ids: { 1700000000000: [5, 7] },
        session_id_to_ephemeral_paths: { 5: ['/b', '/a'] },
      }),
      watches: read({ session_id_to_watched_paths: { 5: ['/w'] } }),
    },
    {
      serverId: 2,
      // Java's ids: more than a number holds, and negative ones.
      connections: read(
        '{"secure_connections": [{"session_id": -1152921504606846977, "session_timeout": 4000}]}',
      ),
      dump: read({ session_id_to_ephemeral_paths: { 5: ['/a'], '-1152921504606846977': ['/c'] } }),
    },
  ]);
  expect(found).toMatchObject([
    {
      id: 5n,
      member: 1,
      timeoutMs: 10_000,
      address: '10.0.0.9:4',
      isSecure: false,
      ephemerals: ['/a', '/b'],
      watches: ['/w'],
    },
    { id: 7n, member: undefined, address: undefined, ephemerals: [], watches: [] },
    { id: 0xefffffffffffffffn, member: 2, isSecure: true, ephemerals: ['/c'] },
  ]);
});
