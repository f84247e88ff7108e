/** The address of a node's page. */
export function treePlace(path: string): string {
  return `#/tree${encoded(path)}`;
}

export function watchPlace(path: string): string {
  return `#/watch${encoded(path)}?recursive`;
}

function encoded(path: string): string {
  return path === '/' ? '' : path.split('/').map(encodeURIComponent).join('/');
}
