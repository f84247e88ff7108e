import { ErrorCode, type Identities } from '@rookery/protocol';
import type { Prng } from '../prng.ts';
import { addressIdentity, identityOf, proofOf, type User } from './users.ts';

/** Of the moments at which it may prove something. */
const PROOF_RATE = 0.5;
/** Of those: something that nobody can prove here, which ends the connection. */
const FAILURE_RATE = 0.01;

/** What a prover sends its proofs over. */
export interface AuthSender {
  auth(scheme: string, proof: string): void;
}

/** Who one client says that it is, over each of its connections anew: some of it at the beginning, some later. */
export class Prover {
  readonly #client: number;
  readonly #users: readonly User[];
  readonly #prng: Prng;
  /** Of this connection; what waits for its reply counts for what is sent behind it. */
  identities: Identities;
  /** Whether each auth that is not answered yet will fail. */
  #awaited: boolean[] = [];
  proofs = 0;
  refusals = 0;

  constructor(client: number, users: readonly User[], prng: Prng) {
    this.#client = client;
    this.#users = users;
    this.#prng = prng;
    this.identities = [addressIdentity(client)];
  }

  /** A new connection: nothing of what earlier ones proved counts there. */
  connected(): void {
    this.identities = [addressIdentity(this.#client)];
    this.#awaited = [];
  }

  /** Proves one more of its users, or not. */
  mayProve(talk: AuthSender): void {
    const left = this.#users.filter((user) => !this.#isProved(user));
    if (this.#users.length === 0 || this.#awaited.includes(true)) return;
    if (this.#prng.chance(FAILURE_RATE)) {
      this.#awaited.push(true);
      talk.auth('sasl', 'a ticket');
    } else if (left.length > 0 && this.#prng.chance(PROOF_RATE)) {
      const user = this.#prng.pick(left);
      this.#awaited.push(false);
      this.identities = [...this.identities, identityOf(user)];
      talk.auth('digest', proofOf(user));
    }
  }

  /** What is wrong with the answer to the next auth; empty where nothing is. */
  answered(err: number): string {
    const fails = this.#awaited.shift();
    if (fails === undefined) return 'an auth is answered that nobody sent';
    if (fails) this.refusals++;
    else if (err === ErrorCode.ok) this.proofs++;
    if (fails === (err === ErrorCode.authFailed)) return '';
    return `an auth that should ${fails ? 'fail' : 'be taken'} came to ${err}`;
  }

  #isProved(user: User): boolean {
    const { id } = identityOf(user);
    return this.identities.some((identity) => identity.id === id);
  }
}
