import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { Program } from '../program.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const script = fileURLToPath(new URL('../python/reconnect.py', import.meta.url));
const STEP_TIMEOUT_MS = 60_000;
const SERVING_TIMEOUT_MS = 60_000;

export const reconnect: Scenario = {
  name: 'reconnect',
  proves:
    'a kazoo client whose member is killed keeps its session on another, and the member comes back with the data',
  against: bothSystems,
  needs: ['python'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    let moves = 0;
    for (const first of [ensemble.members[0]!, await ensemble.leader()]) {
      const others = ensemble.members.filter((member) => member !== first);
      const hosts = connectString([first, ...others].map((member) => member.endpoint));
      const client = new Program(context.python(), [script], { HOSTS: hosts });
      await client.line('ready', STEP_TIMEOUT_MS);
      await first.kill();
      client.write('killed');
      await client.line('moved', STEP_TIMEOUT_MS);
      first.start();
      await first.serving(SERVING_TIMEOUT_MS);
      client.write('restarted');
      await client.success(STEP_TIMEOUT_MS);
      moves += 1;
      const cleaner = await ClientSession.connect(others[0]!.endpoint);
      await cleaner.delete('/reconnect');
      await cleaner.close();
    }
    return `${moves} members killed and started again under a client, one of them the leader`;
  },
};
