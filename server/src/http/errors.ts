import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  BackupRefusal,
  FeatureLevelRefusal,
  ForceRefusal,
  HistoryRefusal,
  HttpRefusal,
  MembershipRefusal,
  TransferRefusal,
  WindowRefusal,
} from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Every refusal's code: callers match it, never the message. The number is the HTTP status. */
export const HTTP_STATUS = {
  [HttpRefusal.badRequest]: 400,
  [HttpRefusal.unauthorized]: 401,
  [HttpRefusal.forbiddenHost]: 403,
  [HttpRefusal.forbiddenOrigin]: 403,
  [HttpRefusal.windowMode]: 403,
  [HttpRefusal.notFound]: 404,
  [HttpRefusal.methodNotAllowed]: 405,
  [HttpRefusal.tooLarge]: 413,
  [HttpRefusal.unsupportedMediaType]: 415,
  [HttpRefusal.internal]: 500,
  [TransferRefusal.unknownMember]: 404,
  [TransferRefusal.notLeader]: 409,
  [TransferRefusal.alreadyLeader]: 409,
  [TransferRefusal.notVoter]: 409,
  [TransferRefusal.notConnected]: 409,
  [TransferRefusal.cannotWrite]: 409,
  [TransferRefusal.inProgress]: 409,
  [TransferRefusal.timedOut]: 504,
  [BackupRefusal.underWay]: 429,
  [BackupRefusal.behind]: 409,
  [BackupRefusal.compacted]: 410,
  [BackupRefusal.noSnapshot]: 507,
  [WindowRefusal.noSession]: 404,
  [WindowRefusal.noLeader]: 503,
  [WindowRefusal.notServing]: 503,
  [WindowRefusal.tooManyRequests]: 429,
  [MembershipRefusal.byFile]: 409,
  [MembershipRefusal.staleConfiguration]: 409,
  [MembershipRefusal.busy]: 409,
  [MembershipRefusal.alreadyMember]: 409,
  [MembershipRefusal.alreadyVoter]: 409,
  [MembershipRefusal.alreadyLearner]: 409,
  [MembershipRefusal.notCaughtUp]: 409,
  [MembershipRefusal.noQuorum]: 409,
  [MembershipRefusal.tooManyMembers]: 409,
  [MembershipRefusal.provesVersion]: 409,
  [MembershipRefusal.outcomeUnknown]: 504,
  [FeatureLevelRefusal.notNext]: 409,
  [FeatureLevelRefusal.memberAway]: 409,
  [FeatureLevelRefusal.memberTooOld]: 409,
  [ForceRefusal.otherMember]: 409,
  [ForceRefusal.noData]: 409,
  [ForceRefusal.leaderThere]: 409,
  [ForceRefusal.quorumThere]: 409,
  [ForceRefusal.otherLog]: 409,
  [ForceRefusal.notAMember]: 409,
  [ForceRefusal.formerEnsemble]: 409,
  [ForceRefusal.noRoom]: 409,
  [HistoryRefusal.off]: 409,
  [HistoryRefusal.gone]: 410,
  [HistoryRefusal.ahead]: 409,
  [HistoryRefusal.busy]: 503,
  [HistoryRefusal.noMemory]: 503,
  [HistoryRefusal.late]: 504,
  [HistoryRefusal.damaged]: 500,
} as const;
export type HttpErrorCode = keyof typeof HTTP_STATUS;

/** The body of every answer that is not a success. */
export interface ErrorBody {
  readonly code: HttpErrorCode;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly help: string;
  /** Of a change of the membership that was not made: the configuration in force. */
  readonly configurationIndex?: number;
  /** Of a new cluster that was not made: how far the log of this member goes. */
  readonly lastLogIndex?: number;
}

/** Thrown by handlers and hooks; answered as ErrorBody. */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly code: HttpErrorCode;
  readonly help: string;
  readonly facts: Pick<ErrorBody, 'configurationIndex' | 'lastLogIndex'>;

  constructor(code: HttpErrorCode, message: string, help: string, facts: HttpError['facts'] = {}) {
    super(message);
    this.code = code;
    this.help = help;
    this.facts = facts;
  }
}

/** Of whoever has not the token. */
export const TOKEN_CHALLENGE = ['www-authenticate', 'Bearer realm="rookery"'] as const;

function send(reply: FastifyReply, body: ErrorBody): void {
  if (body.code === HttpRefusal.unauthorized) reply.header(...TOKEN_CHALLENGE);
  reply.code(HTTP_STATUS[body.code]).type('application/json').send(body);
}

export function refusalBody({ code, message, help, facts }: HttpError): ErrorBody {
  return { code, message, help, ...facts };
}

/** What the framework itself refuses, in our words. */
function ofFramework(error: FastifyError): ErrorBody | undefined {
  switch (error.statusCode) {
    case 413:
      return {
        code: HttpRefusal.tooLarge,
        message: 'the request body is too long',
        help: 'see the body of this call in the docs',
      };
    case 415:
      return {
        code: HttpRefusal.unsupportedMediaType,
        message: 'the request body must be JSON',
        help: 'send the header content-type: application/json',
      };
    case 400:
      return {
        code: HttpRefusal.badRequest,
        message: error.message,
        help: 'check the JSON body of this call',
      };
    default:
      return undefined;
  }
}

/** What the router refuses before any hook runs, such as a path that cannot be decoded. */
export function answerUnroutable(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS);
  send(reply, {
    code: HttpRefusal.badRequest,
    message: 'the path cannot be read',
    help: 'write it in percent-encoded UTF-8',
  });
}

/** Makes every refusal of this server an ErrorBody; what nobody expected is logged and told without its details. To be called before there are routes. */
export function answerErrors(app: FastifyInstance, log: Logger): void {
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const path = new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`);
    for (const each of [method].flat()) routes.push({ method: each, path });
  });
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) => {
    if (error instanceof HttpError) {
      send(reply, refusalBody(error));
      return;
    }
    const known = ofFramework(error);
    if (known === undefined) {
      log.error({ err: error, method: request.method, url: request.url }, 'an HTTP request failed');
    }
    send(
      reply,
      known ?? {
        code: HttpRefusal.internal,
        message: 'the request failed',
        help: 'the log of this member says why',
      },
    );
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const others = (['GET', 'POST', 'PATCH', 'DELETE'] as const).filter((method) =>
      routes.some((route) => route.method === method && route.path.test(path)),
    );
    if (others.length > 0) {
      reply.header('allow', others.join(', '));
      send(reply, {
        code: HttpRefusal.methodNotAllowed,
        message: `${request.method} is not answered here`,
        help: `use ${others.join(' or ')}`,
      });
      return;
    }
    send(reply, {
      code: HttpRefusal.notFound,
      message: 'there is nothing at this path',
      help: 'there are /, /v1 where http.v1 is set, /health/live, /health/ready, /metrics, /commands, /window, /admin/members, /admin/leadership, /admin/feature-level, /admin/checkpoints, /admin/backup, /admin/drain and /admin/force-new-cluster',
    });
  });
}
