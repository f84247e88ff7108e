// Addresses of the page: `#/VIEW/PATH?QUERY`, where PATH is a path of the tree, or the id of a session.

/**
 * @typedef {object} Place
 * @property {string} path Begins with /, and has no / at its end unless it is the root. `#/sessions/0x1a`: `/0x1a`.
 * @property {URLSearchParams} query
 */

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // Written by hand, with a % that is meant.
    return text;
  }
}

/**
 * @param {string} hash
 * @returns {{readonly view: string, readonly place: Place}} `view` is '' where the hash names none.
 */
export function placeOf(hash) {
  const [address = '', ...query] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...segments] = address.split('/');
  const path = `/${segments
    .filter((segment) => segment !== '')
    .map(decoded)
    .join('/')}`;
  return { view: decoded(view), place: { path, query: new URLSearchParams(query.join('?')) } };
}

/**
 * The link to a place. Each path that a tree can hold leads to itself.
 * @param {string} view
 * @param {string} [path]
 * @param {Readonly<Record<string, string>>} [query] A value of '' stands as a name alone.
 */
export function hashOf(view, path = '/', query = {}) {
  const encoded = path.toWellFormed().split('/').map(encodeURIComponent).join('/');
  const asked = Object.entries(query)
    .map(
      ([name, value]) =>
        encodeURIComponent(name) + (value === '' ? '' : `=${encodeURIComponent(value.toWellFormed())}`),
    )
    .join('&');
  return `#/${view}${path === '/' ? '' : encoded}${asked === '' ? '' : `?${asked}`}`;
}
