import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';
import { startZkCli } from './zkcli.ts';

const TIMEOUT_MS = 60_000;
const MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule';
const PROVIDER = 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider';

/** What ZooKeeper's servers say in their challenges; it goes into the hash of a password. */
const REALM = 'zk-sasl-md5';
const ANN = { user: 'ann', password: 'apple tree' } as const;
const BOB = { user: 'bob', password: 'banana' } as const;
const GUESS = { user: 'ann', password: 'a guess' } as const;

interface Proof {
  readonly user: string;
  readonly password: string;
}

/** Says who a Java client is, in the way that its users do. */
function flagsOf({ folder }: Context, name: string, { user, password }: Proof): readonly string[] {
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, `Client { ${MODULE} required username="${user}" password="${password}"; };\n`);
  // Java's client speaks no MD5 where FIPS is asked for, which it is by default.
  return [`-Djava.security.auth.login.config=${file}`, '-Dzookeeper.fips-mode=false'];
}

function tellSecrets(context: Context, { user, password }: Proof): void {
  const hash = createHash('md5').update(`${user}:${REALM}:${password}`).digest('hex');
  context.secret(`a password of ${user}`, password);
  context.secret(`the hash of a password of ${user}`, hash);
}

export const zkCliSasl: Scenario = {
  name: 'zkcli-sasl',
  proves:
    'zkCli, the Java client, proves who it is by SASL where that is required, and is kept out where it cannot',
  against: bothSystems,
  needs: ['java'],
  run: async (context) => {
    for (const proof of [ANN, BOB, GUESS]) tellSecrets(context, proof);
    const ensemble = await context.startEnsemble({
      configLines: [`authProvider.1=${PROVIDER}`, 'sessionRequireClientSASLAuth=true'],
      jaas: `Server { ${MODULE} required user_ann="${ANN.password}" user_bob="${BOB.password}"; };\n`,
    });
    const [first, second, third] = ensemble.endpoints;
    const ann = flagsOf(context, 'ann', ANN);
    const bob = flagsOf(context, 'bob', BOB);

    const dialogue = startZkCli(context, connectString(ensemble.endpoints), [], ann);
    for (const command of ['create /anns x sasl:ann:cdrwa', 'get /anns', 'getAcl /anns', 'whoami', 'quit'])
      dialogue.write(command);
    dialogue.end();
    const output = await dialogue.success(TIMEOUT_MS);
    for (const answer of [/^Created \/anns$/m, /^x$/m, /^'sasl,'ann\n: cdrwa$/m, /^sasl: ann$/m])
      assert.match(output, answer);

    const run = (host: typeof first, command: readonly string[], flags: readonly string[]) =>
      startZkCli(context, connectString([host!]), command, flags).failure(TIMEOUT_MS);
    assert.match(await run(second, ['get', '/anns'], bob), /Insufficient permission : \/anns/);
    const guess = flagsOf(context, 'guess', GUESS);
    assert.match(await run(third, ['get', '/anns'], guess), /AuthFailed/);
    assert.doesNotMatch(await run(third, ['get', '/anns'], []), /^x$/m);
    return 'one who may, one who may not, a wrong password, and nobody';
  },
};
