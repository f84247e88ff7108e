// Paths of nodes: `/` is the root, every other one begins with a slash and ends with none.

/** @param {string} path @returns {string} Of the root: itself. */
export function parentOf(path) {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** @param {string} path @returns {string} Of the root: `/`. */
export function nameOf(path) {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
}

/** @param {string} parent @param {string} name */
export function join(parent, name) {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

/** @param {string} path @returns {string[]} From the root down to the node itself. */
export function lineage(path) {
  const names = path.split('/').filter((name) => name !== '');
  return ['/', ...names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`)];
}

/** @param {string} path @param {string} above Whether `path` is `above` or stands below it. */
export function isWithin(path, above) {
  return above === '/' || path === above || path.startsWith(`${above}/`);
}

/** @param {readonly string[]} paths One at least. @returns {string} The lowest node that all of them are within. */
export function commonAncestor(paths) {
  return paths.reduce((common, path) => {
    let above = common;
    while (!isWithin(path, above)) above = parentOf(above);
    return above;
  });
}

/** @param {string} path @returns {string} As it stands in a URL, and in a place of this page. */
export function urlPath(path) {
  return path.split('/').map(encodeURIComponent).join('/');
}

/**
 * What is wrong with a name for a child, for people; undefined: nothing.
 * @param {string} name
 */
export function problemOfName(name) {
  if (name === '') return 'A node needs a name.';
  if (name.includes('/')) return 'A name has no slash: create the node above it first.';
  if (name === '.' || name === '..') return 'A name is neither . nor ..';
  if (/[\p{Cc}\p{Cs}\ue000-\uf8ff\ufff0-\u{10ffff}]/u.test(name))
    return 'ZooKeeper allows no control characters and no private ones in a name.';
  return undefined;
}

/**
 * A path as a person types it: a slash at the end, or none at the beginning, is meant well.
 * @param {string} text
 * @returns {{readonly path: string} | {readonly problem: string}}
 */
export function typedPath(text) {
  const path = `/${text.trim().replace(/^\//, '').replace(/\/$/, '')}`;
  if (path === '/') return { path };
  for (const name of path.slice(1).split('/')) {
    const problem = name === '' ? 'There are two slashes beside each other.' : problemOfName(name);
    if (problem !== undefined) return { problem };
  }
  return { path };
}
