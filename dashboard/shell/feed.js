// What the page asks of the member that serves it, with the token and the identity where they are needed.

import { eventParser, lineSplitter } from './streams.js';

const TOKEN_KEY = 'rookery.token';
const READ_TIMEOUT_MS = 5000;
const CHANGE_TIMEOUT_MS = 30_000;

/** A refusal of the member: its ErrorBody. */
export class Refused extends Error {
  /** @override */ name = 'Refused';
  /** @param {string} code @param {string} message @param {string} help @param {number} [status] Of HTTP; 0 where it came within a stream. */
  constructor(code, message, help, status = 0) {
    super(message);
    this.code = code;
    this.help = help;
    this.status = status;
  }
}

/** @param {unknown} error @returns {string} What went wrong, and what to do, for people. */
export function explained(error) {
  if (error instanceof Refused)
    return error.help === '' ? `${error.message}.` : `${error.message} (${error.help}).`;
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return 'The member did not answer in time.';
  return 'The member does not answer.';
}

/**
 * @typedef {object} Asking
 * @property {string} [method] GET if nothing is said.
 * @property {unknown} [body] A text, a Blob or bytes are sent as they are, under the content-type of `headers`; everything else as JSON.
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {AbortSignal} [signal]
 * @property {number} [timeoutMs] Until the answer has come whole; of streams there is none.
 *
 * @typedef {object} Surroundings
 * @property {typeof fetch} fetch
 * @property {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage
 * @property {(wasWrong: boolean) => Promise<string>} askToken
 * @property {() => string | undefined} identity The header's value, where the caller acts as somebody.
 * @property {(problem: string | undefined) => void} onAnswer Told after each answer; with what is wrong where there was none.
 *
 * @typedef {ReturnType<typeof createFeed>} Feed
 */

/** @param {unknown} body */
function isSentAsItIs(body) {
  return typeof body === 'string' || body instanceof Blob || body instanceof Uint8Array;
}

/** @param {Response} response */
async function refusalOf(response) {
  const { status } = response;
  try {
    const { code, message, help = '' } = await response.json();
    if (typeof message === 'string') return new Refused(String(code), message, String(help), status);
  } catch {
    // No JSON: it was not the member that answered.
  }
  return new Refused(
    `http-${status}`,
    `it was answered with ${status}`,
    'look at what stands between',
    status,
  );
}

/** @param {Response} response @returns {AsyncGenerator<string>} */
async function* textsOf(response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // A caller that looks no further ends the member's work.
    reader.cancel().catch(() => {});
  }
}

/** @param {Surroundings} surroundings */
export function createFeed({ fetch, storage, askToken, identity, onAnswer }) {
  /** @type {Promise<void> | undefined} */
  let asking;

  /** However many calls were refused, the token is asked for once. @param {string | null} used */
  function renewToken(used) {
    if (storage.getItem(TOKEN_KEY) !== used) return Promise.resolve();
    storage.removeItem(TOKEN_KEY);
    asking ??= askToken(used !== null)
      .then((token) => storage.setItem(TOKEN_KEY, token))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  }

  /** @param {string} path @param {Asking} asked @param {string | null} token */
  async function send(path, { method = 'GET', body, headers = {}, signal, timeoutMs }, token) {
    const asItIs = isSentAsItIs(body);
    const user = path.startsWith('/window/') ? identity() : undefined;
    const waitMs = timeoutMs ?? (method === 'GET' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS);
    const signals = [
      ...(signal === undefined ? [] : [signal]),
      ...(waitMs === Number.POSITIVE_INFINITY ? [] : [AbortSignal.timeout(waitMs)]),
    ];
    try {
      const response = await fetch(path, {
        method,
        cache: 'no-store',
        signal: AbortSignal.any(signals),
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(user === undefined ? {} : { 'rookery-identity': user }),
          ...(body === undefined || asItIs ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: asItIs ? /** @type {BodyInit} */ (body) : JSON.stringify(body) }),
      });
      onAnswer(undefined);
      return response;
    } catch (error) {
      if (signal?.aborted !== true) onAnswer('does not answer');
      throw error;
    }
  }

  /**
   * @param {string} path
   * @param {Asking} [asked]
   * @returns {Promise<Response>} A good one. Rejects with Refused, or with what fetch rejects with.
   */
  async function ask(path, asked = {}) {
    for (;;) {
      const token = storage.getItem(TOKEN_KEY);
      const response = await send(path, asked, token);
      if (response.ok) return response;
      const refusal = await refusalOf(response);
      if (refusal.code !== 'unauthorized') throw refusal;
      await renewToken(token);
    }
  }

  /**
   * @param {string} path
   * @param {Asking} [asked]
   * @returns {Promise<unknown>} The JSON of the answer; undefined where it has none.
   */
  async function call(path, asked) {
    const text = await (await ask(path, asked)).text();
    return text === '' ? undefined : JSON.parse(text);
  }

  /**
   * Long work of the member. To leave the loop, or to abort the signal, ends it.
   * @param {string} path
   * @param {Asking} [asked]
   * @returns {AsyncGenerator<unknown>} The lines, the last one, which has `end`, included. Throws Refused where the last one tells of an error, or where there is none.
   */
  async function* streamLines(path, asked) {
    const split = lineSplitter();
    for await (const text of textsOf(await ask(path, { timeoutMs: Number.POSITIVE_INFINITY, ...asked }))) {
      for (const line of split(text)) {
        if (line === '') continue;
        const told = JSON.parse(line);
        if (told.error !== undefined) {
          throw new Refused(told.error.code, told.error.message, told.error.help ?? '');
        }
        yield told;
        if (told.end === true) return;
      }
    }
    throw new Refused('broken-off', 'the answer broke off before its end', 'try again');
  }

  /**
   * Server-sent events, by fetch: an EventSource cannot send headers. Ends when the member ends it: the caller asks again, with `last-event-id`.
   * @param {string} path
   * @param {Asking} [asked]
   * @returns {AsyncGenerator<import('./streams.js').ServerEvent>}
   */
  async function* streamEvents(path, asked = {}) {
    const split = lineSplitter();
    const parse = eventParser();
    const headers = { accept: 'text/event-stream', ...asked.headers };
    const response = await ask(path, { timeoutMs: Number.POSITIVE_INFINITY, ...asked, headers });
    for await (const text of textsOf(response)) {
      for (const line of split(text)) {
        const event = parse(line);
        if (event !== undefined) yield event;
      }
    }
  }

  return { ask, call, streamLines, streamEvents };
}
