// What the page asks of the member that serves it, with the token where one is needed.

const TOKEN_KEY = 'rookery.token';
const TIMEOUT_MS = 5000;

/** A refusal of the member: its ErrorBody. */
export class Refused extends Error {
  /** @override */ name = 'Refused';
  /** @param {string} code @param {string} message @param {string} help */
  constructor(code, message, help) {
    super(message);
    this.code = code;
    this.help = help;
  }
}

/** @param {string} token */
export function keepToken(token) {
  sessionStorage.setItem(TOKEN_KEY, token);
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN_KEY);
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN_KEY) !== null;
}

/**
 * @param {string} path
 * @param {unknown} [body] Sent by POST where there is one.
 * @returns {Promise<unknown>} Rejects with Refused, or with what fetch rejects with.
 */
async function call(path, body) {
  const token = sessionStorage.getItem(TOKEN_KEY);
  /** @type {Record<string, string>} */
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(path, {
    headers,
    cache: 'no-store',
    signal: AbortSignal.timeout(body === undefined ? TIMEOUT_MS : 6 * TIMEOUT_MS),
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Refused(answer.code, answer.message, answer.help);
}

/** @returns {Promise<import('./model.js').Answer>} */
export async function readMembers() {
  return /** @type {import('./model.js').Answer} */ (await call('/admin/members'));
}

/** @param {number} to */
export async function transferLeadership(to) {
  await call('/admin/leadership', { to });
}
