import { ApiError, presignCosV5 } from '@vodstack/protocol';
import type { Logger, VirtualClock } from '@vodstack/platform';
import { actionCoverage, type VodService } from '@vodstack/vod';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerAction } from './answer-action.ts';
import { registerClockRoutes } from './clock-routes.ts';
import { registerEndpointRoutes } from './endpoint-routes.ts';
import { registerEventRoutes } from './event-routes.ts';
import { registerFaultRoutes } from './fault-routes.ts';
import { type FunctionParts, registerFunctionRoutes } from './function-routes.ts';
import type { LiveStream } from './live-stream.ts';
import { orRefuse } from './or-refuse.ts';
import type { ConsoleSessions } from './session.ts';
import { registerSystem, type SystemFacts } from './system-routes.ts';
import { registerViews } from './view-routes.ts';

export interface AccountView {
  readonly appId: number;
  readonly secretId: string;
  readonly endpoint: string;
  readonly receiverAddress: string;
  readonly consoleUrl: string;
  readonly version: string;
  readonly database: string;
  readonly ffmpeg: string;
  readonly dataFolder: string;
}

export interface ConsoleOptions {
  /** What stands behind the account's description and changes while the server runs. */
  readonly system: () => Promise<SystemFacts>;
  readonly vod: VodService;
  readonly functions: FunctionParts;
  /** URLs that the receiver recorded for a media. */
  readonly findRecords: (fileId: string) => Promise<readonly object[]>;
  readonly account: () => AccountView;
  readonly secretKey: string;
  readonly sessions: ConsoleSessions;
  readonly live: LiveStream;
  readonly clock: () => Date;
  readonly virtualClock: VirtualClock | undefined;
  readonly logger: Logger;
}

/** Browsers send this header only for a page of our own origin: it keeps other sites from acting in the user's name. */
const CONSOLE_HEADER = 'x-vodstack-console';
const MAX_BODY_BYTES = 1024 * 1024;
const PRESIGNED_SEC = 24 * 3600;

const signInBody = z.object({ secretId: z.string().max(200), secretKey: z.string().max(200) });
const keyBody = z.object({
  name: z.string().max(100).default(''),
  subAppIds: z.array(z.number().int().positive()).max(100).default([]),
});
const uploadBody = z.object({
  name: z.string().min(1).max(1000),
  sizeBytes: z.number().int().nonnegative(),
  subAppId: z.number().int().positive().optional(),
});

/** The web console's own API: `/console/api/*`. Everything but the sign-in needs a session. */
export async function registerConsoleRoutes(app: FastifyInstance, options: ConsoleOptions): Promise<void> {
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store');
        if (request.method !== 'GET' && request.headers[CONSOLE_HEADER] === undefined) {
          return reply.code(403).send({ message: `The header ${CONSOLE_HEADER} is missing.` });
        }
        if (isOpen(request) || options.sessions.isAuthenticated(request)) return undefined;
        return reply.code(401).send({ message: 'Sign in with the SecretId and SecretKey of this server.' });
      });
      registerSession(scope, options);
      registerMedia(scope, options);
      registerViews(scope, options);
      registerSystem(scope, options);
      registerFunctionRoutes(scope, options.functions);
      registerKeys(scope, options);
      registerEventRoutes(scope, options.vod.events);
      registerEndpointRoutes(scope, options.vod);
      registerFaultRoutes(scope, options.vod.faults);
      registerClockRoutes(scope, options);
      scope.get('/coverage', () => actionCoverage());
      scope.get('/account', () => toAccount(options));
      scope.post('/account/reveal', () => ({ secretKey: options.secretKey }));
      scope.get('/live', (_request, reply) => options.live.attach(reply));
    },
    { prefix: '/console/api', bodyLimit: MAX_BODY_BYTES },
  );
}

function isOpen(request: FastifyRequest): boolean {
  return request.routeOptions.url === '/console/api/session';
}

function registerSession(scope: FastifyInstance, { sessions, account }: ConsoleOptions): void {
  const describe = (isAuthenticated: boolean): object => ({
    authenticated: isAuthenticated,
    version: account().version,
    ...(isAuthenticated ? { appId: account().appId } : {}),
  });
  scope.get('/session', (request) => describe(sessions.isAuthenticated(request)));
  scope.post('/session', (request, reply) => {
    const key = signInBody.safeParse(request.body);
    if (key.success && sessions.signIn(reply, key.data)) return describe(true);
    return reply.code(401).send({ message: 'This SecretId and SecretKey are not those of this server.' });
  });
  scope.delete('/session', (_request, reply) => {
    sessions.signOut(reply);
    return describe(false);
  });
}

function registerMedia(scope: FastifyInstance, options: ConsoleOptions): void {
  const { vod } = options;
  scope.post<{ Params: { action: string } }>('/vod/:action', (request, reply) =>
    answerAction({ call: (...call) => vod.call(...call), logger: options.logger }, request, reply),
  );
  scope.post<{ Params: { taskId: string } }>('/tasks/:taskId/retry', (request, reply) =>
    orRefuse(reply, async () => ({ taskId: await vod.retryTask(request.params.taskId) })),
  );
  scope.post('/uploads', async (request, reply) => {
    const upload = uploadBody.safeParse(request.body);
    if (!upload.success) return reply.code(400).send({ message: z.prettifyError(upload.error) });
    return await openUpload(options, upload.data, reply);
  });
}

function registerKeys(scope: FastifyInstance, { vod }: ConsoleOptions): void {
  scope.get('/keys', () => vod.apiKeys.list());
  scope.post('/keys', async (request, reply) => {
    const key = keyBody.safeParse(request.body);
    if (!key.success) return reply.code(400).send({ message: z.prettifyError(key.error) });
    return await orRefuse(reply, () => vod.apiKeys.create(key.data));
  });
  scope.post<{ Params: { secretId: string } }>('/keys/:secretId/disable', (request, reply) =>
    orRefuse(reply, () => vod.apiKeys.disable(request.params.secretId)),
  );
}

const appliedUpload = z.object({
  VodSessionKey: z.string(),
  StorageBucket: z.string(),
  StorageRegion: z.string(),
  MediaStoragePath: z.string(),
  TempCertificate: z.object({ SecretId: z.string(), SecretKey: z.string(), Token: z.string() }),
});

/**
 * ApplyUpload, and presigned addresses on this very origin: where a browser puts the file as a whole, and where it begins, lists
 * and joins a multipart upload. They hold as long as the upload does, so that a page that is loaded again can go on with it.
 */
async function openUpload(
  { vod, clock }: ConsoleOptions,
  { name, subAppId }: z.infer<typeof uploadBody>,
  reply: FastifyReply,
): Promise<object> {
  const dot = name.lastIndexOf('.');
  try {
    const parameters = {
      MediaType: dot < 0 ? '' : name.slice(dot + 1),
      MediaName: dot < 0 ? name : name.slice(0, dot),
      ...(subAppId === undefined ? {} : { SubAppId: subAppId }),
    };
    const upload = appliedUpload.parse(
      await vod.call('ApplyUpload', parameters, new AbortController().signal),
    );
    const addresses = presignUpload(upload, Math.floor(clock().getTime() / 1000));
    return { sessionKey: upload.VodSessionKey, ...addresses };
  } catch (error) {
    if (error instanceof ApiError) return reply.code(400).send({ message: error.message });
    throw error;
  }
}

/** The signature covers the method and the object; the client adds `uploadId` and `partNumber` by itself. */
function presignUpload(
  { StorageBucket, StorageRegion, MediaStoragePath, TempCertificate }: z.infer<typeof appliedUpload>,
  startSec: number,
): { putUrl: string; postUrl: string; getUrl: string } {
  const sign = (method: string): string => {
    const query = presignCosV5({
      method,
      path: MediaStoragePath,
      query: { 'x-cos-security-token': TempCertificate.Token },
      secretId: TempCertificate.SecretId,
      secretKey: TempCertificate.SecretKey,
      startSec,
      endSec: startSec + PRESIGNED_SEC,
    });
    return `/cos/${StorageBucket}/${StorageRegion}${MediaStoragePath}?${query}`;
  };
  return { putUrl: sign('put'), postUrl: sign('post'), getUrl: sign('get') };
}

function toAccount({ account, secretKey }: ConsoleOptions): object {
  return { ...account(), secretKeyHint: `${secretKey.slice(0, 2)}${'*'.repeat(12)}${secretKey.slice(-2)}` };
}
