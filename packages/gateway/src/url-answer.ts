import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { withCors } from './api-answer.ts';
import { isPreflight, toPreflightHeaders } from './cors.ts';
import type { FunctionCaller } from './function-caller.ts';
import { toUrlAnswer } from './function-response.ts';
import { toUrlEvent, type FunctionUrl } from './function-url.ts';
import { GATEWAY_ERRORS, toErrorAnswer, type HttpAnswer } from './http-answer.ts';
import { MAX_BODY_BYTES, readBody } from './request-body.ts';
import { toSourceIp } from './request-source.ts';
import { answerFromWeb, type SendWeb } from './web-answer.ts';

/** A request as it was signed. */
export interface SignedRequest {
  method: string;
  /** Without the query. */
  path: string;
  rawQuery: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface UrlAnswerDeps {
  findUrl: (urlId: string) => Promise<FunctionUrl | undefined>;
  /** Undefined when an API key signed the request; otherwise what is wrong, for the caller to read. */
  findSignatureProblem: (request: SignedRequest) => Promise<string | undefined>;
  callFunction: FunctionCaller;
  sendWeb: SendWeb;
}

export interface UrlTarget {
  urlId: string;
  path: string;
  query: string;
  rawUrl: string;
}

/** Longer than any function may run: a function URL has no time limit of its own. */
const TIMEOUT_SEC = 1800;

/** Answers one request to a function URL. */
export async function answerUrlRequest(
  deps: UrlAnswerDeps,
  request: FastifyRequest,
  { target, requestId }: { target: UrlTarget; requestId: string },
): Promise<HttpAnswer> {
  const url = await deps.findUrl(target.urlId);
  if (!url) return toErrorAnswer(404, `There is no function URL ${target.urlId}.`);
  const { cors } = url;
  if (cors && isPreflight(request.method, request.headers))
    return { status: 200, headers: toPreflightHeaders(cors, request.headers), body: Buffer.alloc(0) };
  const answer = await callUrl(deps, request, { url, target, requestId });
  return cors ? withCors(answer, cors, request) : answer;
}

async function callUrl(
  deps: UrlAnswerDeps,
  request: FastifyRequest,
  { url, target, requestId }: { url: FunctionUrl; target: UrlTarget; requestId: string },
): Promise<HttpAnswer> {
  const { namespace, functionName: name, qualifier } = url;
  const called = { namespace, name, qualifier, trigger: 'http', gatewayRequestId: requestId };
  const sourceIp = toSourceIp(request);
  const web = {
    target: { ...called, url: target.rawUrl },
    timeoutSec: TIMEOUT_SEC,
    added: { 'x-scf-remote-addr': sourceIp },
  };
  // A signature covers the body: then it has to be read first.
  if (url.isWebFunction && url.authType === 'NONE') return await answerFromWeb(deps.sendWeb, request, web);
  const body = await readBody(request.raw, MAX_BODY_BYTES);
  if (body.kind === 'too-large') return GATEWAY_ERRORS.bodyTooLarge(MAX_BODY_BYTES);
  if (body.kind === 'aborted') return toErrorAnswer(499, 'Client closed the request.');
  const problem = url.authType === 'CAM' ? await findSignatureProblem(deps, request, body.bytes) : undefined;
  if (problem !== undefined) return toErrorAnswer(401, problem);
  if (url.isWebFunction)
    return await answerFromWeb(deps.sendWeb, request, { ...web, body: Readable.from([body.bytes]) });
  const { method, headers } = request;
  const { path, query } = target;
  const event = toUrlEvent({
    method,
    headers,
    path,
    query,
    requestId,
    sourceIp,
    body: body.bytes,
  });
  return await deps.callFunction(
    { ...called, event },
    { timeoutSec: TIMEOUT_SEC, toAnswer: (result) => toUrlAnswer(result, requestId) },
  );
}

/** A client may sign the path of the cloud's host name, which is also the path here without our prefix. */
async function findSignatureProblem(
  { findSignatureProblem: check }: UrlAnswerDeps,
  { method, headers, raw }: FastifyRequest,
  body: Buffer,
): Promise<string | undefined> {
  const [path = '/', rawQuery = ''] = (raw.url ?? '/').split(/\?(.*)/su);
  const signed = { method, headers, rawQuery, body };
  const problem = await check({ ...signed, path });
  const plain = path.replace(/^\/url-[a-z0-9]{10}/u, '') || '/';
  return problem !== undefined && plain !== path ? await check({ ...signed, path: plain }) : problem;
}
