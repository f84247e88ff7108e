import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

/** The page's files, by the path that a browser asks for. Nothing else of the folder is ever served. */
const FILES: ReadonlyMap<string, readonly [file: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/page/style.css', ['style.css', 'text/css; charset=utf-8']],
  ['/page/drawings.css', ['drawings.css', 'text/css; charset=utf-8']],
  ['/page/members.css', ['members.css', 'text/css; charset=utf-8']],
  ['/page/controls.css', ['controls.css', 'text/css; charset=utf-8']],
  ['/page/icon.svg', ['icon.svg', 'image/svg+xml']],
  ['/page/app.js', ['app.js', 'text/javascript; charset=utf-8']],
  ['/page/feed.js', ['feed.js', 'text/javascript; charset=utf-8']],
  ['/page/model.js', ['model.js', 'text/javascript; charset=utf-8']],
  ['/page/drawing.js', ['drawing.js', 'text/javascript; charset=utf-8']],
  ['/page/view.js', ['view.js', 'text/javascript; charset=utf-8']],
]);

/** dashboard/ of the repository. */
export const PAGE_FOLDER: string = fileURLToPath(new URL('../../../dashboard/', import.meta.url));

/** GET / and what it loads. The files are read here, once; throws where one is missing. */
export function page(app: FastifyInstance, folder: string): void {
  for (const [path, [file, type]] of FILES) {
    const bytes = readFileSync(join(folder, file));
    app.get(path, (_request, reply) => {
      reply.type(type).header('cache-control', 'no-cache').send(bytes);
    });
  }
}
