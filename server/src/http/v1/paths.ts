/** `/a b` → `/a%20b`: how a path stands in a URL. */
export function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Of `/a/b/c`: `/a`, `/a/b`. */
export function ancestorsOf(path: string): string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
}
