import type { FastifyRequest } from 'fastify';
import { WINDOW_MODES, type WindowMode } from '../../config/config.ts';
import { HttpRefusal } from '../../errors/error-codes.ts';
import { HttpError } from '../errors.ts';

/** What a route of /window does: reads the tree or the sessions, or changes them. Those that tell of the members alone are there in every mode. */
export type WindowUse = 'read' | 'write';

const REFUSED: Readonly<Record<WindowUse, string>> = {
  read: 'this member shows its ensemble alone: neither tree nor sessions',
  write: 'this member lets nothing be changed here',
};

/** The `onRequest` hook of routes of that use: refuses, before a body is read, what `http.window` does not allow. */
export function allowed(mode: WindowMode, use: WindowUse): () => Promise<void> {
  const isAllowed = WINDOW_MODES.indexOf(mode) >= WINDOW_MODES.indexOf(use);
  return async () => {
    if (isAllowed) return;
    throw new HttpError(
      HttpRefusal.windowMode,
      REFUSED[use],
      `it runs with http.window: ${mode}; set http.window: ${use} on the members that may`,
    );
  };
}

/** The same for routes of which those that are asked with GET read, and the others write. */
export function allowedByMethod(mode: WindowMode): (request: FastifyRequest) => Promise<void> {
  const [reads, writes] = [allowed(mode, 'read'), allowed(mode, 'write')];
  return ({ method }) => (method === 'GET' || method === 'HEAD' ? reads() : writes());
}
