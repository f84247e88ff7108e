import Fastify, { type FastifyInstance } from 'fastify';
import type { HistoryView } from '../admin/history-view.ts';
import type { HttpView } from '../admin/zookeeper-commands.ts';
import type { HttpConfig } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';
import { admin } from './admin.ts';
import { adminBackup } from './admin-backup.ts';
import { adminCheckpoints } from './admin-checkpoints.ts';
import { adminFeatureLevel } from './admin-feature-level.ts';
import { adminForce } from './admin-force.ts';
import { adminMembership } from './admin-membership.ts';
import type { AdminToken } from './admin-token.ts';
import { commandStreams } from './command-streams.ts';
import { commands } from './commands.ts';
import { answerErrors, answerUnroutable } from './errors.ts';
import { guard } from './guard.ts';
import { health } from './health.ts';
import { history } from './history.ts';
import { metrics } from './metrics.ts';
import { PAGE_FOLDER, page } from './page.ts';
import { Callers, type ProgramsView } from './v1/callers.ts';
import { programs } from './v1/programs.ts';
import { tree } from './window/tree/tree.ts';
import { window } from './window/window.ts';
import type { WindowView } from './window/window-view.ts';

/** The longest call names two hosts. */
const MAX_BODY_BYTES = 4096;
const MAX_HEADER_BYTES = 8192;
const HEADERS_TIMEOUT_MS = 5_000;
const BODY_TIMEOUT_MS = 10_000;

/** By default the machine's own. */
export interface HttpSurroundings {
  readonly pageFolder?: string;
  readonly wait?: (ms: number) => Promise<void>;
  /** Within which a body that is no stream has to have come. */
  readonly bodyTimeoutMs?: number;
  /** What /v1 and the tree at /window need; without it there are neither. */
  readonly programs?: ProgramsView | undefined;
  /** What /window needs of the ensemble; without it there is none of that. */
  readonly window?: WindowView | undefined;
  /** Without it nobody is told of the past. */
  readonly history?: HistoryView | undefined;
}

/**
 * The HTTP interface of one member, not yet listening (see `startHttp`). Throws where the address could be reached from
 * other machines and no token is configured: loadConfig refuses that earlier and in better words.
 */
export function createHttp(
  member: HttpView,
  {
    host,
    idleTimeoutMs,
    commandsPath,
    v1: hasPrograms,
    window: mode,
  }: Pick<HttpConfig, 'host' | 'idleTimeoutMs' | 'commandsPath' | 'v1' | 'window'>,
  token: AdminToken | undefined,
  log: Logger,
  {
    pageFolder = PAGE_FOLDER,
    wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    bodyTimeoutMs = BODY_TIMEOUT_MS,
    programs: view,
    window: windowView,
    history: past,
  }: HttpSurroundings = {},
): FastifyInstance {
  const app = Fastify({
    logger: false,
    frameworkErrors: answerUnroutable,
    bodyLimit: MAX_BODY_BYTES,
    // A snapshot that is brought takes as long as it takes: see `bodiesInTime`.
    requestTimeout: 0,
    keepAliveTimeout: idleTimeoutMs,
    // A stop does not wait for browsers that keep their connections.
    forceCloseConnections: true,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS },
    // A wrong type is the caller's mistake to know, not ours to mend.
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, discriminator: true },
    },
  });
  // JSON alone: a form or a plain text is what a page of another site could send without asking.
  app.removeContentTypeParser('text/plain');
  answerErrors(app, log);
  guard(app, host, token, member, commandsPath, wait, log);
  bodiesInTime(app, bodyTimeoutMs);
  health(app, member);
  commands(app, member, commandsPath);
  commandStreams(app, { member, path: commandsPath, token, wait, log });
  if (past !== undefined) history(app, { view: past, proofs: member.proofs, token, wait, log });
  admin(app, member, token, log);
  adminMembership(app, member, log);
  adminFeatureLevel(app, member, log);
  adminCheckpoints(app, member, log);
  adminForce(app, member, log);
  adminBackup(app, member.backups, log);
  window(app, { member, mode, view: windowView, log });
  const callers = view && new Callers({ view, proofs: member.proofs, wait, log });
  metrics(app, member, callers?.traffic.registry);
  if (callers !== undefined) {
    app.addHook('onClose', () => callers.stop());
    if (hasPrograms) programs(app, callers);
    tree(app, callers, mode);
  }
  page(app, pageFolder);
  return app;
}

/** Every body but a stream is short, and has to have come within a time. */
function bodiesInTime(app: FastifyInstance, timeoutMs: number): void {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    if (routeOptions.bodyLimit > MAX_BODY_BYTES) return;
    const late = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, timeoutMs);
    raw.once('close', () => clearTimeout(late));
  });
}
