import assert from 'node:assert/strict';
import { connectString } from '../../../testkit/src/endpoint.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { certificatesFolder } from '../client-certificates.ts';
import { Program } from '../program.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';
import { type Command, dialogueOfAll, secureDialogue } from '../zkcli/dialogue.ts';
import { commandsOfHelp, firstWrongAnswer, notTogether } from '../zkcli/judge.ts';

const MAIN = 'org.apache.zookeeper.ZooKeeperMain';
const TIMEOUT_MS = 60_000;

export const zkCli: Scenario = {
  name: 'zkcli',
  proves: 'every command of zkCli, the Java client, does what it says, and some of them by TLS',
  against: bothSystems,
  needs: ['java'],
  run: async (context) => {
    const ensemble = await context.startEnsemble({
      tls: true,
      configLines: [
        'extendedTypesEnabled=true',
        'reconfigEnabled=true',
        // Of super:test.
        'DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=',
      ],
    });
    const [first, second, third] = ensemble.endpoints;
    const all = dialogueOfAll(connectString([third!]));
    // `help` is no command of it: it is told as any other word that is none.
    const help = await startZkCli(context, connectString([first!]), ['help']).failure(TIMEOUT_MS);
    const commands = commandsOfHelp(help);
    assert.ok(commands.length > 0, `no command in the help of zkCli:\n${help}`);
    assert.deepEqual(notTogether(commands, all), [], 'commands in the help of zkCli alone, or here alone');
    await talk(context, connectString(ensemble.endpoints), all);
    const secureHosts = connectString(ensemble.members.map(({ clientEndpoint }) => clientEndpoint));
    await talk(context, secureHosts, secureDialogue, flagsOfTls(context, ensemble));

    // Given on the command line, each one runs in a process and a session of its own, here with another member.
    await startZkCli(context, connectString([first!]), ['create', '/alone', 'x']).success(TIMEOUT_MS);
    const read = await startZkCli(context, connectString([second!]), ['get', '/alone']).success(TIMEOUT_MS);
    assert.match(read, /^x$/m);
    await startZkCli(context, connectString([third!]), ['delete', '/alone']).success(TIMEOUT_MS);
    return `all ${commands.length} commands, ${all.length} times in one session, ${secureDialogue.length} times by TLS, 3 times on the command line`;
  },
};

/** Says one line after the other in one process, and makes sure of what they bring. */
async function talk(
  context: Context,
  hosts: string,
  dialogue: readonly Command[],
  flags: readonly string[] = [],
): Promise<void> {
  const zk = startZkCli(context, hosts, [], flags);
  for (const { command } of dialogue) zk.write(command);
  zk.end();
  const output = await zk.success(TIMEOUT_MS);
  const wrong = firstWrongAnswer(dialogue, output);
  assert.equal(wrong, undefined, `${wrong} in:\n${output}`);
}

function flagsOfTls(context: Context, ensemble: Ensemble): readonly string[] {
  const folder = certificatesFolder(context, ensemble);
  return [
    '-Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty',
    '-Dzookeeper.client.secure=true',
    `-Dzookeeper.ssl.keyStore.location=${folder}/tls.pem`,
    `-Dzookeeper.ssl.trustStore.location=${folder}/ca.pem`,
  ];
}

/** `flags` are the JVM's. */
export function startZkCli(
  context: Context,
  hosts: string,
  command: readonly string[] = [],
  flags: readonly string[] = [],
): Program {
  return new Program('java', [...flags, '-cp', context.classpath(), MAIN, '-server', hosts, ...command]);
}
