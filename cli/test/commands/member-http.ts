import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MemberHttp extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** Answers GET and POST by path, behind the method; what is not there is 404. */
  readonly answers: Record<string, unknown>;
}

/** What a path answers that says it itself. */
export type Answering = (reply: ServerResponse) => void;

/** The HTTP of a member that leads two others, as far as it is asked here. */
export async function memberHttp(): Promise<MemberHttp> {
  const answers: Record<string, unknown> = { 'GET /admin/members': adminMembers(1, 1) };
  const server = createServer((request, reply) => {
    const answer = answers[`${request.method} ${request.url}`];
    if (typeof answer === 'function') (answer as Answering)(reply);
    else if (answer === undefined) reply.writeHead(404).end();
    else reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { ROOKERY_ADMIN: `127.0.0.1:${port}` },
    answers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What member `serverId` tells while `leader` leads. All of them are on one host: only this one is asked. */
export function adminMembers(serverId: number, leader: number): unknown {
  const roleOf = (id: number): string => (id === leader ? 'leader' : 'follower');
  return {
    version: '0.3.0',
    self: {
      serverId,
      role: roleOf(serverId),
      term: 5,
      leader,
      ready: true,
      adminTokens: [],
      certificates: [],
    },
    members: [1, 2, 3].map((id) => ({
      serverId: id,
      role: roleOf(id),
      address: `127.0.0.1:${2888 + id}`,
      connected: true,
      lagEntries: id === 2 ? 7 : 0,
    })),
    metrics: { sessions: 1, nodes: 5 },
  };
}
