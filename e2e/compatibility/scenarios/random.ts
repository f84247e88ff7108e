import { Random } from '../../../testkit/src/random.ts';
import {
  type Acl,
  acl,
  auth,
  digestId,
  openAcl,
  ping,
  type Request,
  sasl,
  saslAnswer,
  whoAmI,
} from '../requests.ts';
import { type ConnectFields, client, type Scenario, type Step, scenario, under } from '../scenario.ts';
import type { SetupName } from '../setups.ts';
import { type AclLists, anyRequest } from './random-requests.ts';

const STEPS = 60;
const MAX_PIPELINED = 5;
/** How many of the steps are about who a client is. */
const PROOFS = 0.08;

const users = ['ann', 'bob'] as const;
const passwords = { ann: "ann's password", bob: 'bob\'s "password"' } as const;

const only = (scheme: string, id: string): readonly Acl[] => [acl(31, scheme, id)];
const plainLists: AclLists = [
  openAcl,
  openAcl,
  openAcl,
  only('digest', digestId('ann', 'secret')),
  [acl(1, 'world', 'anyone'), acl(31, 'digest', digestId('bob', 'secret'))],
  only('ip', '127.0.0.1'),
  [acl(23, 'world', 'anyone')],
];
const saslLists: AclLists = [
  ...plainLists,
  only('sasl', 'ann'),
  [acl(1, 'world', 'anyone'), acl(31, 'sasl', 'bob')],
  only('sasl', 'a@b@c'),
];
const x509Lists: AclLists = [
  ...saslLists,
  only('x509', 'CN=ann'),
  [acl(1, 'x509', 'CN=ann'), acl(31, 'x509', 'CN=bob,OU=data,O=Acme')],
  only('x509', 'nonsense'),
];
/** Stands for what its creator has proved. */
const own = only('auth', '');

/** What is random under one setup. */
interface Kind {
  readonly setup: SetupName;
  readonly lists: AclLists;
  readonly proofs: readonly Proof[];
  /** How clients connect. */
  readonly ways: readonly ConnectFields[];
  readonly about: 'nodes' | 'quotas';
  /** Sends several requests in one write, and has several in a multi. */
  readonly hurries: boolean;
}

const KINDS: Readonly<Record<'plain' | 'quotas' | 'quotas enforced' | 'sasl' | 'tls', Kind>> = {
  plain: {
    setup: 'plain',
    lists: plainLists,
    proofs: ['digest'],
    ways: [{}],
    about: 'nodes',
    hurries: true,
  },
  quotas: {
    setup: 'quotas',
    lists: plainLists,
    proofs: ['digest'],
    ways: [{}],
    about: 'quotas',
    hurries: true,
  },
  // ZooKeeper checks limits by what it has applied until then.
  'quotas enforced': {
    setup: 'quotas enforced',
    lists: plainLists,
    proofs: ['digest'],
    ways: [{}],
    about: 'quotas',
    hurries: false,
  },
  sasl: {
    setup: 'sasl',
    lists: saslLists,
    // Who fails often is slowed, which takes time here.
    proofs: ['digest', 'SASL', 'SASL', 'SASL', 'wrong SASL', 'none', 'none'],
    ways: [{}],
    about: 'nodes',
    hurries: true,
  },
  tls: {
    setup: 'tls',
    lists: x509Lists,
    proofs: ['digest', 'SASL', 'wrong SASL', 'certificate', 'none', 'none'],
    ways: [
      {},
      { port: 'other' },
      { certificate: 'ann' },
      { certificate: 'bob' },
      { certificate: 'root' },
      { port: 'other', by: 'plain TCP' },
    ],
    about: 'nodes',
    hurries: true,
  },
};

/** Half of the seeds play without SASL and TLS, and half of these are about quotas, too. */
function kindOf(seed: number): Kind {
  if (seed % 8 === 5) return KINDS.quotas;
  if (seed % 8 === 7) return KINDS['quotas enforced'];
  if (seed % 2 === 1) return KINDS.plain;
  return seed % 4 === 2 ? KINDS.sasl : KINDS.tls;
}

/** Requests of two clients, and what they prove, as a seed has it. */
export function randomScenario(seed: number): Scenario {
  const random = new Random(seed);
  const kind = kindOf(seed);
  const actors = users.map((name) => new Actor(name, kind, random));
  const steps = actors.flatMap((each) => each.comes());
  for (let i = 0; i < STEPS; i++) {
    const actor = random.pick(actors);
    steps.push(...(random.next() < PROOFS ? [...actor.proves(), ...actor.mayAskWho()] : actor.asks()));
  }
  const played = scenario(`random/seed ${seed}`, ...steps, ...actors.map((each) => each.pings()));
  return under(kind.setup, played)[0]!;
}

/** Whether what is asked is proved, or is no proof at all: the client breaks its connection and comes back in another way. */
type Proof = 'digest' | 'SASL' | 'wrong SASL' | 'certificate' | 'none';

/** A client, and what it has proved on its connection. */
class Actor {
  readonly #name: (typeof users)[number];
  readonly #kind: Kind;
  readonly #random: Random;
  /** Other than its address. */
  readonly #ids = new Set<string>();
  #exchanged = false;
  #certified = false;

  constructor(name: (typeof users)[number], kind: Kind, random: Random) {
    this.#name = name;
    this.#kind = kind;
    this.#random = random;
  }

  comes(): Step[] {
    return this.#connects(this.#random.pick(this.#kind.ways));
  }

  #connects(fields: ConnectFields): Step[] {
    this.#ids.clear();
    this.#exchanged = false;
    this.#certified = this.#kind.setup === 'tls' && fields.by !== 'plain TCP';
    if (this.#certified) this.#ids.add('certificate');
    return [client(this.#name).connects(fields)];
  }

  pings(): Step {
    return this.#sends(ping());
  }

  asks(): Step[] {
    const random = this.#random;
    const { lists, about, hurries } = this.#kind;
    // Of several ids ZooKeeper makes entries in the order of a hash table.
    const possible = this.#ids.size > 1 ? lists : [...lists, own, own];
    const many = random.pick([1, 1, 1, MAX_PIPELINED]);
    const requests = Array.from({ length: hurries ? many : 1 }, () =>
      anyRequest(random, possible, about, hurries),
    );
    // In a pipe ZooKeeper checks writes behind a setACL by the ACL of before.
    const steps = requests.filter(isSetAcl).map((each) => this.#sends(each));
    const others = requests.filter((request) => !isSetAcl(request));
    return others.length > 0 ? [...steps, this.#sends(...others)] : steps;
  }

  mayAskWho(): Step[] {
    return this.#random.next() < 0.5 ? [this.#sends(whoAmI())] : [];
  }

  proves(): Step[] {
    const proof = this.#random.pick(this.#kind.proofs);
    const user = this.#random.pick(users);
    switch (proof) {
      case 'digest':
        this.#ids.add(`digest ${user}`);
        return [this.#sends(auth('digest', `${user}:secret`))];
      case 'certificate':
        return this.#certified ? [this.#sends(auth('x509', ''))] : this.#fails(auth('x509', ''));
      case 'none':
        return this.#breaks();
      default:
        return this.#exchanges(user, proof === 'SASL' ? passwords[user] : 'a guess');
    }
  }

  /** One exchange of SASL is all that a connection may have. */
  #exchanges(user: (typeof users)[number], password: string): Step[] {
    if (this.#exchanged) return this.#breaks();
    const answer = saslAnswer({ user, password });
    if (password !== passwords[user]) return [this.#sends(sasl()), ...this.#fails(answer)];
    this.#exchanged = true;
    this.#ids.add(`SASL ${user}`);
    return [this.#sends(sasl()), this.#sends(answer)];
  }

  #breaks(): Step[] {
    // Whatever is on its way to the client comes before the reply.
    return [this.pings(), client(this.#name).drops(), ...this.#comesBack()];
  }

  #fails(request: Request): Step[] {
    return [this.#sends(request), client(this.#name).isClosed(), ...this.#comesBack()];
  }

  #comesBack(): Step[] {
    return this.#connects({ ...this.#random.pick(this.#kind.ways), session: this.#name });
  }

  #sends(...requests: readonly Request[]): Step {
    return client(this.#name).sends(...requests);
  }
}

function isSetAcl({ op }: Request): boolean {
  return op === 'setACL';
}
