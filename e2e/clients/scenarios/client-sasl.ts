import assert from 'node:assert/strict';
import { type Client, connect, isCoordinationError } from '@rookery/client';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule';
const PROVIDER = 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider';
const PASSWORD = 'apple tree';
const SESSION_TIMEOUT_MS = 8_000;

export const clientSasl: Scenario = {
  name: 'client-sasl',
  proves:
    'the TypeScript client proves who it is by SASL at each member anew, and is kept out with another password',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    context.secret('the password of ann', PASSWORD);
    const ensemble = await context.startEnsemble({
      configLines: [`authProvider.1=${PROVIDER}`, 'sessionRequireClientSASLAuth=true'],
      jaas: `Server { ${MODULE} required user_ann="${PASSWORD}"; };\n`,
    });
    const servers = connectString(ensemble.endpoints);
    const as = (auth: string): Promise<Client> =>
      connect(servers, { auth: [{ scheme: 'sasl', auth }], sessionTimeoutMs: SESSION_TIMEOUT_MS });
    await using ann = await as(`ann:${PASSWORD}`);
    assert.deepEqual(
      (await ann.whoAmI()).filter(({ scheme }) => scheme === 'sasl'),
      [{ scheme: 'sasl', user: 'ann' }],
    );
    await ann.create('/anns', 'x', { acl: [{ perms: 31, scheme: 'sasl', id: 'ann' }] });
    const { id, address } = ann.session;
    await ensemble.members.find(({ endpoint }) => endpoint.port === address?.port)!.kill();
    assert.equal(String((await ann.get('/anns')).data), 'x');
    assert.equal(ann.session.id, id, 'the session is another one');
    for (const wrong of ['ann:a guess', 'bob:apple tree']) {
      await assert.rejects(as(wrong), (error) => isCoordinationError(error, 'AUTH_FAILED'), wrong);
    }
    await using nobody = await connect(servers);
    await assert.rejects(nobody.get('/'), (error) => isCoordinationError(error));
    return 'proved at two members; two guesses and nobody kept out';
  },
};
