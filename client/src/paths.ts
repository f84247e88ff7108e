/** A child's path: `/` has no name of its own. */
export function join(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

/** Of `/` it is `/`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** Empty of `/`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is `root` or below it. */
export function isWithin(path: string, root: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}

/** What leads from `root` to `path`: empty for itself, else it begins with /. */
export function relativeTo(root: string, path: string): string {
  if (path === root) return '';
  return root === '/' ? path : path.slice(root.length);
}

/** The node that lies below `root` as `relative` says. */
export function below(root: string, relative: string): string {
  if (relative === '') return root;
  return root === '/' ? relative : root + relative;
}

/** The path without slashes at its end. Throws RangeError where no node can be called that. */
export function normalised(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return '/';
  const bad = trimmed
    .slice(1)
    .split('/')
    .find((name) => name === '' || name === '.' || name === '..');
  if (bad === undefined) return trimmed;
  throw new RangeError(
    `"${path}" is no path: ${bad === '' ? 'it has an empty name' : `"${bad}" is no name`}`,
  );
}

/** The order in which a walk meets nodes: each parent before its children, siblings by their names' UTF-16 code units. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    if (left === SLASH) return -1;
    return right === SLASH ? 1 : left - right;
  }
  return a.length - b.length;
}

const SLASH = 0x2f;
