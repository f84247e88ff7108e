import { connectString, type Endpoint } from '../../../testkit/src/endpoint.ts';
import { int, long } from '../../../testkit/src/wire/requests.ts';
import type { Lie } from '../libraries/lies.ts';
import { LyingProxy } from '../libraries/lying-proxy.ts';
import { Program } from '../program.ts';
import type { Scenario } from '../scenario.ts';

const TIMEOUT_MS = 60_000;
const GET_CHILDREN_PAGINATED = 71;
/** long nextPageCzxid, int nextPageCzxidOffset, at the end of a page. */
const NEXT_BYTES = 12;
/** The number of names, behind the header of a reply. */
const COUNT_OFFSET = 20;

export const dialectPages: Scenario = {
  name: 'dialect-pages',
  proves:
    "more children than a list has room for come by pages to LinkedIn's request and to Helix, where they are switched on; lies of a member are found out",
  against: ['rookery'],
  needs: ['java', 'javac'],
  run: async (context) => {
    const classpath = context.helixProgram('pages');
    const pages = (what: string, members: readonly Endpoint[]): Program => {
      const java = ['-XX:TieredStopAtLevel=1', '-Xmx192m', '-cp', classpath, 'Pages', what];
      return new Program('java', java, { HOSTS: connectString(members) });
    };
    const [on, off] = await Promise.all(
      [true, false].map((isOn) =>
        context.startEnsemble({ environment: { ROOKERY_DIALECTS_PAGED_CHILDREN: String(isOn) } }),
      ),
    );
    await Promise.all([on!, off!].map(({ endpoints }) => pages('fill', endpoints).success(TIMEOUT_MS)));
    const listed = await pages('list', on!.endpoints).success(TIMEOUT_MS);
    await pages('without', off!.endpoints).success(TIMEOUT_MS);
    await Promise.all(
      lies.map(async (lie) => {
        const proxy = await LyingProxy.start(on!.members[0]!.endpoint, lie);
        await pages('list', [proxy.endpoint]).failure(TIMEOUT_MS);
        proxy.stop();
      }),
    );
    return `${/^done (.*)$/m.exec(listed)?.[1]}; without them Helix lists as before; ${lies.length} of ${lies.length} lies found out`;
  },
};

const lies: readonly Lie[] = [
  {
    name: 'the first page is said to be the last',
    caughtBy: 'list',
    reply: (operation, reply) => {
      if (operation === GET_CHILDREN_PAGINATED)
        Buffer.concat([long(-1), int(-1)]).copy(reply, reply.length - NEXT_BYTES);
      return reply;
    },
  },
  {
    name: 'a child of each page has another name',
    caughtBy: 'list',
    reply: (operation, reply) => {
      // Its length stands in front of it.
      if (operation === GET_CHILDREN_PAGINATED) reply.write('z', COUNT_OFFSET + 8, 'latin1');
      return reply;
    },
  },
];
