import assert from 'node:assert/strict';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Program } from '../program.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';

const MAIN = 'org.apache.zookeeper.ZooKeeperMain';
const TIMEOUT_MS = 60_000;

/** One session's commands, and what has to be found in its output, in this order; some say nothing. */
const DIALOGUE: readonly { readonly command: string; readonly answer?: RegExp }[] = [
  { command: 'create /cli hello', answer: /^Created \/cli$/m },
  { command: 'get /cli', answer: /^hello$/m },
  { command: 'set /cli changed' },
  { command: 'get -s /cli', answer: /^changed$[\s\S]*?^dataVersion = 1$[\s\S]*?^dataLength = 7$/m },
  { command: 'create -s /cli/n- one', answer: /^Created \/cli\/n-0000000000$/m },
  { command: 'create -s /cli/n- two', answer: /^Created \/cli\/n-0000000001$/m },
  { command: 'ls /cli', answer: /^\[n-0000000000, n-0000000001\]$/m },
  { command: 'stat /cli', answer: /^cversion = 2$[\s\S]*?^numChildren = 2$/m },
  { command: 'getAcl /cli', answer: /^'world,'anyone\n: cdrwa$/m },
  { command: 'sync /cli', answer: /^Sync is OK$/m },
  { command: 'create /cli again', answer: /Node already exists: \/cli/ },
  { command: 'set -v 9 /cli x', answer: /version No is not valid : \/cli/ },
  { command: 'delete /cli', answer: /Node not empty: \/cli/ },
  { command: 'setquota -n 2 /cli' },
  {
    command: 'listquota /cli',
    answer:
      /^Output quota for \/cli count=2,bytes=-1=;byteHardLimit=-1;countHardLimit=-1$\s+^Output stat for \/cli count=3,bytes=13$/m,
  },
  { command: 'delete /cli/n-0000000001' },
  { command: 'listquota /cli', answer: /^Output stat for \/cli count=2,bytes=10$/m },
  { command: 'delquota /cli' },
  { command: 'listquota /cli', answer: /^quota for \/cli does not exist\.$/m },
  { command: 'get /nowhere', answer: /Node does not exist: \/nowhere/ },
  { command: 'deleteall /cli' },
  { command: 'ls /', answer: /^\[zookeeper\]$/m },
];

export const zkCli: Scenario = {
  name: 'zkcli',
  proves: 'zkCli, the Java client, creates, reads, changes, lists, syncs, deletes and sets quotas',
  against: bothSystems,
  needs: ['java'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const hosts = connectString(ensemble.endpoints);

    const dialogue = startZkCli(context, hosts);
    for (const { command } of DIALOGUE) dialogue.write(command);
    dialogue.write('quit');
    dialogue.end();
    const output = await dialogue.success(TIMEOUT_MS);
    let rest = output;
    for (const { command, answer } of DIALOGUE) {
      if (answer === undefined) continue;
      const found = answer.exec(rest);
      assert.ok(found, `no answer ${answer} to "${command}" in:\n${output}`);
      rest = rest.slice(found.index + found[0].length);
    }

    // Given on the command line, each one runs in a process and a session of its own, here with another member.
    const [first, second, third] = ensemble.endpoints;
    await startZkCli(context, connectString([first!]), ['create', '/alone', 'x']).success(TIMEOUT_MS);
    const read = await startZkCli(context, connectString([second!]), ['get', '/alone']).success(TIMEOUT_MS);
    assert.match(read, /^x$/m);
    await startZkCli(context, connectString([third!]), ['delete', '/alone']).success(TIMEOUT_MS);
    return `${DIALOGUE.length} commands in one session, 3 on the command line`;
  },
};

/** `flags` are the JVM's. */
export function startZkCli(
  context: Context,
  hosts: string,
  command: readonly string[] = [],
  flags: readonly string[] = [],
): Program {
  return new Program('java', [...flags, '-cp', context.classpath(), MAIN, '-server', hosts, ...command]);
}
