import { createHash } from 'node:crypto';
import type { DigestMd5Exchange as ExchangeClass, SaslStep } from '../../src/sasl/digest-md5.ts';
import type { SaslUsers as UsersClass } from '../../src/sasl/users.ts';
import { DigestClient, type ResponseFields } from './digest-client.ts';

/** What is under test, or a copy of it with a mistake. */
export interface Subject {
  readonly DigestMd5Exchange: typeof ExchangeClass;
  readonly SaslUsers: typeof UsersClass;
}

export const BOB: ResponseFields = { user: 'bob', password: "bob's" };
const NO_TOKEN = new Uint8Array(0);

/** A server with its users, and exchanges with it. */
export class SaslServer {
  readonly users: UsersClass;
  readonly #subject: Subject;
  #nonces = 0;

  constructor(subject: Subject, realm = 'zk-sasl-md5') {
    this.#subject = subject;
    this.users = new subject.SaslUsers(realm, md5);
    this.users.replace(new Map(Object.entries({ bob: "bob's", ann: "ann's" })));
  }

  begin(): ExchangeClass {
    const nonce = (): string => `nonce${++this.#nonces}`;
    const parts = { md5, nonce, users: this.users, digestUri: 'zookeeper/zk-sasl-md5' };
    return new this.#subject.DigestMd5Exchange(parts);
  }

  /** One whole exchange. */
  attempt(fields: ResponseFields): { readonly step: SaslStep; readonly rspauth: string } {
    const exchange = this.begin();
    const { response, rspauth } = challenged(exchange).respond(fields);
    return { step: exchange.step(response), rspauth };
  }
}

export function challenged(exchange: ExchangeClass): DigestClient {
  const step = exchange.step(NO_TOKEN);
  if (step.kind !== 'challenge') throw new Error(`there is no challenge, but ${step.kind}`);
  return new DigestClient(step.token);
}

export function md5(message: Uint8Array): Uint8Array {
  return createHash('md5').update(message).digest();
}

/** Responses that prove nothing, whoever knows the password. */
const WRONG: Readonly<Record<string, ResponseFields>> = {
  'a wrong password': { ...BOB, password: "ann's" },
  "another's password": { user: 'ann', password: "bob's" },
  'a user that is not there': { user: 'eve', password: "bob's" },
  'the secret of users that are not there': { user: 'eve', password: '', secret: Buffer.alloc(16) },
  'an empty response': { ...BOB, sent: { response: '""' } },
  'half of a response': { ...BOB, sent: { response: '0'.repeat(16) } },
  'no response': { ...BOB, sent: { response: undefined } },
  'no user': { ...BOB, sent: { username: undefined } },
  'two users': { ...BOB, behind: ',username="ann"' },
  'no cnonce': { ...BOB, sent: { cnonce: undefined } },
  'no nonce': { ...BOB, sent: { nonce: undefined } },
  'a nonce of its own': { ...BOB, nonce: 'nonce0' },
  'another nonce than it was hashed with': { ...BOB, sent: { nonce: '"nonce0"' } },
  'a nonce count of 2': { ...BOB, sent: { nc: '00000002' } },
  'no realm': { ...BOB, sent: { realm: undefined } },
  'another realm': { ...BOB, realm: 'elsewhere' },
  'another realm than it was hashed with': { ...BOB, sent: { realm: '"elsewhere"' } },
  'another service': { ...BOB, digestUri: 'imap/zk-sasl-md5' },
  'another host': { ...BOB, digestUri: 'zookeeper/localhost' },
  'no service': { ...BOB, sent: { 'digest-uri': undefined } },
  'another charset': { ...BOB, sent: { charset: 'latin-1' } },
  integrity: { ...BOB, sent: { qop: 'auth-int' } },
  'a quote that does not end': { ...BOB, behind: ',x="' },
  'more bytes than a response has': { ...BOB, behind: `,x="${'x'.repeat(4096)}"` },
  'somebody else to act for, which it has not hashed': { ...BOB, sent: { authzid: '"ann"' } },
};

/** What is wrong with how the subject takes right and wrong responses; undefined where nothing is. */
export function complaintAbout(subject: Subject): string | undefined {
  const server = new SaslServer(subject);
  const { step, rspauth } = server.attempt(BOB);
  if (step.kind !== 'proved' || step.user !== 'bob') return `bob is not bob, but ${JSON.stringify(step)}`;
  if (Buffer.from(step.token).toString() !== rspauth) return 'the server does not prove itself';
  for (const [what, fields] of Object.entries(WRONG)) {
    if (server.attempt(fields).step.kind === 'proved') return `${what} proves something`;
  }
  return inTwoSteps(server) ?? withOthers(server);
}

function inTwoSteps(server: SaslServer): string | undefined {
  const exchange = server.begin();
  const client = challenged(exchange);
  const { response } = client.respond(BOB);
  exchange.step(client.respond({ ...BOB, password: 'a guess' }).response);
  if (exchange.step(response).kind === 'proved') return 'a second guess at the same challenge is taken';
  const replayed = server.begin();
  const first = challenged(replayed).respond(BOB).response;
  if (replayed.step(first).kind !== 'proved') return 'bob is not taken';
  if (replayed.step(first).kind === 'proved') return 'a response is taken twice';
  const later = server.begin();
  challenged(later);
  return later.step(first).kind === 'proved' ? 'a response to an earlier challenge is taken' : undefined;
}

function withOthers(server: SaslServer): string | undefined {
  const asAnn = server.attempt({ ...BOB, authzid: 'ann' }).step;
  if (asAnn.kind !== 'proved' || asAnn.user !== 'bob') return 'who wants to act for ann is not bob';
  const exchange = server.begin();
  const client = challenged(exchange);
  server.users.replace(new Map([['bob', 'a new one']]));
  if (exchange.step(client.respond(BOB).response).kind === 'proved') return 'a replaced password counts';
  if (server.attempt({ user: 'ann', password: "ann's" }).step.kind === 'proved')
    return 'a user who was taken away is still there';
  return server.attempt({ user: 'bob', password: 'a new one' }).step.kind === 'proved'
    ? undefined
    : 'a new password does not count';
}
