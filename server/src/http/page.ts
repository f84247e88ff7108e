import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** dashboard/ of the repository. */
export const PAGE_FOLDER: string = fileURLToPath(new URL('../../../dashboard/', import.meta.url));

/** Scripts, styles and drawings of the folder, by their paths in it, such as `shell/feed.js`; what its tests need is none of them. Links are not followed. */
function filesOf(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'test' ? [] : filesOf(folder, path);
    return entry.isFile() && TYPES.has(extname(path)) ? [path] : [];
  });
}

/**
 * GET / and, under /page/, what it loads. The files are found and read here, once, so that nothing that a caller sends is ever the name of a file; throws
 * where the folder or its page is missing.
 */
export function page(app: FastifyInstance, folder: string): void {
  serve(app, '/', join(folder, 'index.html'), 'text/html; charset=utf-8');
  for (const path of filesOf(folder)) {
    serve(app, `/page/${path}`, join(folder, path), TYPES.get(extname(path))!);
  }
}

/** A browser asks each time, and is sent the file only where it has changed: a member of another version shows its own page at once. */
function serve(app: FastifyInstance, url: string, file: string, type: string): void {
  const bytes = readFileSync(file);
  const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  app.get(url, ({ headers }, reply) => {
    reply.header('cache-control', 'no-cache').header('etag', tag);
    if (headers['if-none-match'] === tag) reply.code(304).send();
    else reply.type(type).send(bytes);
  });
}
