import type { FastifyInstance } from 'fastify';
import type { HttpView } from '../admin/zookeeper-commands.ts';

/**
 * At `path`, where ZooKeeper's AdminServer has them:
 *
 * GET /commands        200 a page of links, one for each command
 * GET /commands/NAME   200 CommandAnswer, also of a command that there is not and of one that could not be answered: `error` says so, as ZooKeeper's does
 *
 * What the four-letter words that are allowed do not tell needs the token.
 */
export function commands(app: FastifyInstance, { commands: zookeeper }: HttpView, path: string): void {
  const links = zookeeper.names.map((name) => `<a href="${path}/${name}">${name}</a>\n<br/>\n`);
  app.get(path, (_request, reply) => {
    reply.type('text/html; charset=utf-8').send(links.join(''));
  });
  app.get<{ Params: { name: string } }>(`${path}/:name`, async (request, reply) => {
    const answer = await zookeeper.run(request.params.name);
    reply.type('application/json').send(JSON.stringify(answer, null, 2));
  });
}
