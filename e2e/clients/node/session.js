import { createClient, State } from 'node-zookeeper-client';

const SESSION_TIMEOUT_MS = 15_000;
const START_TIMEOUT_MS = 30_000;

export const root = `/libraries/${process.env.NAME}`;

/** A session of the library, whose calls with callbacks are promises here. */
export class Session {
  connectionsLost = 0;
  sessionsLost = 0;
  #client;

  constructor() {
    this.#client = createClient(process.env.HOSTS, { sessionTimeout: SESSION_TIMEOUT_MS });
    this.#client.on('state', (state) => {
      if (state === State.DISCONNECTED) this.connectionsLost += 1;
      if (state === State.EXPIRED) this.sessionsLost += 1;
    });
  }

  static connect() {
    const session = new Session();
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('no session in time')), START_TIMEOUT_MS);
      session.#client.once('connected', () => {
        clearTimeout(deadline);
        resolve(session);
      });
      session.#client.connect();
    });
  }

  /** In hexadecimal. */
  get id() {
    return this.#client.getSessionId().toString('hex');
  }

  /** Resolves with what the call's callback is given behind the error: one value, or a list of them. */
  call(method, ...args) {
    return new Promise((resolve, reject) => {
      this.#client[method](...args, (error, ...results) => {
        if (error) reject(error);
        else resolve(results.length > 1 ? results : results[0]);
      });
    });
  }

  create(path, text = '', ...aclsAndMode) {
    return this.call('create', path, Buffer.from(text), ...aclsAndMode);
  }

  /** It has no answer. */
  prove(scheme, proof) {
    this.#client.addAuthInfo(scheme, Buffer.from(proof));
  }

  transaction() {
    return this.#client.transaction();
  }

  close() {
    return new Promise((resolve) => {
      this.#client.once('disconnected', resolve);
      this.#client.close();
    });
  }
}
