import type { SaslResponse } from '../digest-md5.ts';
import {
  acl,
  auth,
  closeSession,
  create,
  exists,
  getAcl,
  getData,
  multi,
  openAcl,
  ping,
  raw,
  sasl,
  saslAnswer,
  setAcl,
  setData,
  sync,
  whoAmI,
} from '../requests.ts';
import { ann, bob, cleo, type client, type Step, scenario, under } from '../scenario.ts';

const annsProof = { user: 'ann', password: "ann's password" };
const bobsProof = { user: 'bob', password: 'bob\'s "password"' };
const rootsProof = { user: 'root', password: 'of all' };
const only = (user: string) => [acl(31, 'sasl', user)];

type Client = ReturnType<typeof client>;

/** A whole exchange. */
function proves(who: Client, proof: SaslResponse): Step[] {
  return [who.sends(sasl()), who.sends(saslAnswer(proof))];
}

const proving = under(
  'sasl',
  scenario(
    'sasl/opens what names its user',
    ann.connects(),
    bob.connects(),
    ...proves(ann, annsProof),
    ann.sends(whoAmI()),
    ann.sends(create('/a', 'x', { acl: only('ann') })),
    ann.sends(create('/b', 'x', { acl: [acl(31, 'auth', '')] })),
    ann.sends(getAcl('/b')),
    bob.sends(getData('/a')),
    ...proves(bob, bobsProof),
    bob.sends(getData('/a')),
    bob.sends(setData('/b', 'y')),
    bob.sends(setAcl('/a', openAcl)),
    ann.sends(getData('/a'), setData('/a', 'y'), getData('/a')),
  ),
  scenario(
    'sasl/is proved beside a digest',
    ann.connects(),
    ann.sends(auth('digest', 'ann:secret')),
    ...proves(ann, annsProof),
    ann.sends(whoAmI()),
    ann.sends(create('/a', '', { acl: only('ann') })),
    ann.sends(getData('/a')),
  ),
  scenario(
    'sasl/super users, and the user super',
    ann.connects(),
    bob.connects(),
    cleo.connects(),
    ...proves(ann, annsProof),
    ann.sends(create('/a', 'x', { acl: only('ann') })),
    ann.sends(create('/b', 'x', { acl: [acl(31, 'digest', 'nobody:hash')] })),
    ...proves(bob, rootsProof),
    bob.sends(whoAmI()),
    bob.sends(getData('/a')),
    bob.sends(getData('/b')),
    bob.sends(create('/c', '', { acl: [acl(31, 'auth', '')] })),
    bob.sends(getAcl('/c')),
    ...proves(cleo, { user: 'super', password: 'mighty' }),
    cleo.sends(whoAmI()),
    cleo.sends(getData('/a')),
    cleo.sends(getData('/b')),
  ),
  scenario(
    'sasl/whom one acts for is not who one is',
    ann.connects(),
    ...proves(ann, { ...annsProof, authzid: 'bob' }),
    ann.sends(whoAmI()),
  ),
  scenario(
    'sasl/responses that leave out what they may',
    ann.connects(),
    ...proves(ann, { ...annsProof, sent: { charset: null, qop: null, nc: null, maxbuf: null } }),
    bob.connects(),
    ...proves(bob, { ...bobsProof, sent: { username: '"bob"' }, digestUri: 'ZooKeeper/ZK-sasl-MD5' }),
    cleo.connects(),
    ...proves(cleo, { ...annsProof, sent: { more: '"of \\" it"', response2: 'x' } }),
  ),
  scenario(
    'sasl/counts for the requests behind it',
    ann.connects(),
    bob.connects(),
    ...proves(ann, annsProof),
    ann.sends(create('/a', 'x', { acl: only('ann') })),
    bob.sends(sasl()),
    bob.sends(saslAnswer(annsProof), getData('/a'), setData('/a', 'y'), getData('/a')),
  ),
  scenario(
    'sasl/begins with a token of its own',
    ann.connects(),
    ann.sends(sasl('hello')),
    ann.sends(saslAnswer(annsProof)),
    ann.sends(whoAmI()),
  ),
  scenario(
    'sasl/is not kept by a session that is taken up again',
    ann.connects(),
    ...proves(ann, annsProof),
    ann.sends(create('/a', 'x', { acl: only('ann') })),
    ann.drops(),
    ann.connects({ session: 'ann' }),
    ann.sends(getData('/a')),
    ...proves(ann, annsProof),
    ann.sends(getData('/a')),
  ),
  scenario(
    'sasl/ids that lists may name',
    ann.connects(),
    ...['ann', '', 'nobody', 'a@b', 'a/b@c', 'a/b', 'a@b@c', 'a/b/c@d'].map((id, at) =>
      ann.sends(create(`/${at}`, '', { acl: only(id) })),
    ),
    ann.sends(create('/x', '', { acl: [acl(31, 'x509', 'CN=ann')] })),
    ann.sends(create('/y', '', { acl: [...openAcl, acl(1, 'nonsense', 'x')] })),
    ann.sends(create('/none/z', '', { acl: [acl(31, 'x509', 'CN=ann')] })),
    ann.sends(multi(create('/m'), create('/n', '', { acl: [acl(31, 'x509', 'CN=ann')] }), create('/o'))),
    ann.sends(exists('/m')),
  ),
  scenario('sasl/by auth proves nothing', ann.connects(), ann.sends(auth('sasl', 'ann')), ann.isClosed()),
  scenario(
    'sasl/that nobody asked for again',
    ann.connects(),
    ...proves(ann, annsProof),
    ann.sends(sasl()),
    ann.isClosed(),
  ),
);

const WRONG: Readonly<Record<string, SaslResponse>> = {
  'a wrong password': { ...annsProof, password: 'a guess' },
  'a user that is not there': { ...annsProof, user: 'eve' },
  'another nonce': { ...annsProof, nonce: 'before' },
  'another realm': { ...annsProof, realm: 'elsewhere' },
  'no realm': { ...annsProof, sent: { realm: null } },
  'another service': { ...annsProof, digestUri: 'zookeeper/localhost' },
  'no service': { ...annsProof, sent: { 'digest-uri': null } },
  'a charset that is not there': { ...annsProof, sent: { charset: 'latin1' } },
  integrity: { ...annsProof, sent: { qop: 'auth-int' } },
  'no response': { ...annsProof, sent: { response: null } },
  'an empty response': { ...annsProof, sent: { response: '""' } },
  'no user': { ...annsProof, sent: { username: null } },
  'a quote that does not end': { ...annsProof, sent: { x: '"' } },
  'too many bytes': { ...annsProof, sent: { x: 'x'.repeat(4096) } },
};

const failing = under(
  'sasl',
  ...Object.entries(WRONG).map(([what, response]) =>
    scenario(`sasl/fails by ${what}`, ann.connects(), ...proves(ann, response), ann.isClosed()),
  ),
  scenario('sasl/fails by no response at all', ann.connects(), ann.sends(sasl(), sasl()), ann.isClosed()),
  scenario('sasl/is closed for a null token', ann.connects(), ann.sends(sasl(null)), ann.isClosed()),
  scenario('sasl/is closed for no record', ann.connects(), ann.sends(raw('sasl', [])), ann.isClosed()),
);

const lenient = under(
  'lenient sasl',
  scenario(
    'sasl/that fails leaves a client nobody, where that may be',
    ann.connects(),
    ...proves(ann, { ...annsProof, password: 'a guess' }),
    ann.sends(whoAmI()),
    ann.sends(create('/a'), exists('/a')),
    ann.sends(sasl()),
    ann.sends(saslAnswer(annsProof)),
    ann.sends(whoAmI()),
  ),
  scenario(
    'sasl/the password of super that stands elsewhere',
    ann.connects(),
    ...proves(ann, { user: 'super', password: 'mightier' }),
    ann.sends(whoAmI()),
    bob.connects(),
    ...proves(bob, { user: 'super', password: 'mighty' }),
    bob.sends(whoAmI()),
  ),
  scenario(
    'auth/digest where it is switched off',
    ann.connects(),
    ann.sends(create('/a', '', { acl: [acl(31, 'digest', 'ann:hash')] })),
    ann.sends(auth('digest', 'ann:secret')),
    ann.isClosed(),
  ),
);

/** The scenario's root is its own to make: who has proved nothing may not. */
const required = under(
  'sasl required',
  scenario(
    'required/SASL that was proved',
    ann.connects(),
    ...proves(ann, annsProof),
    ann.sends(create('/')),
    ann.sends(create('/a', 'x', { acl: only('ann') })),
    ann.sends(getData('/a'), ping(), sync('/')),
  ),
  ...Object.entries({
    'a create': create('/a'),
    'a read': getData('/'),
    'a ping': ping(),
    'a sync': sync('/'),
    'an end': closeSession(),
    'a multi': multi(create('/a')),
    'who one is': whoAmI(),
    'an operation that nobody knows': raw('exists', [], 999),
  }).map(([what, request]) =>
    scenario(`required/SASL before ${what}`, ann.connects(), ann.sends(request), ann.isClosed()),
  ),
  scenario(
    'required/SASL, and a digest is none',
    ann.connects(),
    ann.sends(auth('digest', 'ann:secret')),
    ann.sends(exists('/')),
    ann.isClosed(),
  ),
  scenario(
    'required/SASL, and a challenge is no proof',
    ann.connects(),
    ann.sends(sasl()),
    ann.sends(exists('/')),
    ann.isClosed(),
  ),
  scenario(
    'required/SASL that fails',
    ann.connects(),
    ...proves(ann, { ...annsProof, password: 'a guess' }),
    ann.isClosed(),
  ),
  scenario(
    'required/SASL, and an auth that fails',
    ann.connects(),
    ann.sends(auth('nonsense', 'x')),
    ann.isClosed(),
  ),
);

const enforced = under(
  'digest required',
  scenario(
    'required/a digest that was proved',
    ann.connects(),
    ann.sends(auth('digest', 'ann:secret')),
    ann.sends(create('/'), create('/a', 'x', { acl: [acl(31, 'auth', '')] })),
    ann.sends(getAcl('/a')),
    ann.sends(getData('/a')),
  ),
  scenario('required/a digest before a create', ann.connects(), ann.sends(create('/a')), ann.isClosed()),
  scenario(
    'required/a digest, and SASL is none',
    ann.connects(),
    ...proves(ann, annsProof),
    ann.sends(exists('/')),
    ann.isClosed(),
  ),
  scenario(
    'required/a digest, and SASL that fails',
    ann.connects(),
    ...proves(ann, { ...annsProof, password: 'a guess' }),
    ann.isClosed(),
  ),
);

export const authentication = [...proving, ...failing, ...lenient, ...required, ...enforced];
