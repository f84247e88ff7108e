import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PAGE_FOLDER, page } from '../../src/http/page.ts';

describe('the page', () => {
  let folder: string;
  let app: FastifyInstance;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rookery-page-'));
    app = Fastify();
    mkdirSync(join(folder, 'shell', 'test'), { recursive: true });
    mkdirSync(join(folder, 'test'));
    const files = [
      'index.html',
      'app.js',
      'shell/shell.css',
      'icon.svg',
      'tsconfig.json',
      'test/a.js',
      'shell/test/b.js',
    ];
    for (const file of files) writeFileSync(join(folder, file), `this is ${file}`);
    symlinkSync('/etc/hostname', join(folder, 'shell', 'elsewhere.js'));
    page(app, folder);
  });

  afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['/', 'text/html; charset=utf-8', 'index.html'],
    ['/page/app.js', 'text/javascript; charset=utf-8', 'app.js'],
    ['/page/shell/shell.css', 'text/css; charset=utf-8', 'shell/shell.css'],
    ['/page/icon.svg', 'image/svg+xml', 'icon.svg'],
  ])('has %s', async (url, type, file) => {
    const response = await app.inject(url);
    expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([
      200,
      type,
      `this is ${file}`,
    ]);
    expect(response.headers['cache-control']).toBe('no-cache');
  });

  test.each([
    '/page/tsconfig.json',
    '/page/test/a.js',
    '/page/shell/test/b.js',
    '/page/shell/elsewhere.js',
    '/page/',
    '/page/shell',
    '/page/index.html',
  ])('has nothing at %s', async (url) => {
    expect((await app.inject(url)).statusCode).toBe(404);
  });

  test('sends a file once, until it is another one', async () => {
    const first = await app.inject('/page/app.js');
    const { etag } = first.headers;
    const again = await app.inject({ url: '/page/app.js', headers: { 'if-none-match': String(etag) } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const other = await app.inject({ url: '/page/app.js', headers: { 'if-none-match': '"another"' } });
    expect(other.statusCode).toBe(200);
    expect((await app.inject('/')).headers.etag).not.toBe(etag);
  });

  test('that comes along later is not there: files are found at the start', async () => {
    writeFileSync(join(folder, 'late.js'), 'late');
    expect((await app.inject('/page/late.js')).statusCode).toBe(404);
  });

  test('is none without its first file', () => {
    expect(() => page(Fastify(), join(folder, 'shell'))).toThrow('index.html');
  });
});

test('every file that the page asks for is there, and none of it comes from elsewhere', async () => {
  const app = Fastify();
  page(app, PAGE_FOLDER);
  const seen = new Set<string>();
  const ask = async (url: string): Promise<void> => {
    if (seen.has(url)) return;
    seen.add(url);
    const response = await app.inject(url);
    expect([url, response.statusCode]).toEqual([url, 200]);
    for (const [, , path] of response.body.matchAll(
      /(from |import\(|import |href=|src=)["']([^"'#]+\.(?:js|css|svg))["']/g,
    )) {
      await ask(new URL(path!, `http://member${url}`).href.replace('http://member', ''));
    }
  };
  await ask('/');
  expect(seen.size).toBeGreaterThan(30);
  await app.close();
});
