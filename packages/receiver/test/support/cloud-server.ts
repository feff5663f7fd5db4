import { createHmac, createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isJsonObject, parseJson, type JsonObject } from '../../src/parse/json.ts';
import { textField } from '../../src/parse/fields.ts';

export const SECRET_ID = 'AKIDexampleExampleExample';
export const SECRET_KEY = 'key-of-the-test-account';

/** One call as it came in, with the names that the SDK put into headers and body. */
export interface CloudCall {
  readonly action: string;
  readonly request: JsonObject;
  readonly body: string;
  readonly region: string | undefined;
  readonly isSignatureValid: boolean;
  readonly sdk: string | undefined;
}

/** What the server does instead of its normal answer, one entry per call. */
export type Fault =
  | { readonly code: string; readonly message: string }
  | { readonly status: number }
  | 'hang'
  | 'reset'
  /** Does the work, then loses the answer. */
  | 'reset after work';

export interface CloudServer {
  readonly endpoint: string;
  readonly calls: readonly CloudCall[];
  /** Tasks by SessionId: what the cloud would bill. */
  readonly tasks: ReadonlyMap<string, string>;
  fail(...faults: Fault[]): void;
  /** How another action than ProcessMedia is answered. */
  answer(action: string, toAnswer: (request: JsonObject) => object | Promise<object>): void;
  /** Forgets the tasks and the faults that are left, and takes new ones. */
  reset(...faults: Fault[]): void;
  close(): Promise<void>;
}

/** A server that answers ProcessMedia as the cloud does, on a free port: it remembers SessionIds and checks TC3 signatures. */
export async function startCloudServer(): Promise<CloudServer> {
  const calls: CloudCall[] = [];
  const tasks = new Map<string, string>();
  const faults: Fault[] = [];
  const answers = new Map<string, (request: JsonObject) => object | Promise<object>>();
  const server = createServer((request, response) => {
    void readCall(request).then(async (call) => {
      calls.push(call);
      const toAnswer = answers.get(call.action);
      if (toAnswer === undefined) respond(response, call, { tasks, fault: faults.shift() });
      else send(response, await toAnswer(call.request));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `127.0.0.1:${port}`,
    calls,
    tasks,
    fail: (...more) => faults.push(...more),
    answer: (action, toAnswer) => void answers.set(action, toAnswer),
    reset(...more) {
      tasks.clear();
      faults.splice(0, faults.length, ...more);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readCall(request: IncomingMessage): Promise<CloudCall> {
  const body = await text(request);
  const parsed = parseJson(body);
  return {
    action: String(request.headers['x-tc-action']),
    request: isJsonObject(parsed) ? parsed : {},
    body,
    region: request.headers['x-tc-region']?.toString(),
    isSignatureValid: isSigned(request, body),
    sdk: request.headers['x-tc-requestclient']?.toString(),
  };
}

function respond(
  response: ServerResponse,
  call: CloudCall,
  state: { tasks: Map<string, string>; fault: Fault | undefined },
): void {
  const { fault } = state;
  if (fault === 'hang') return;
  if (fault === 'reset') return void response.socket?.resetAndDestroy();
  if (fault === 'reset after work') {
    process(call, state.tasks);
    return void response.socket?.resetAndDestroy();
  }
  if (fault !== undefined && 'status' in fault)
    return void response.writeHead(fault.status).end('no JSON here');
  const answer =
    fault === undefined
      ? process(call, state.tasks)
      : { Error: { Code: fault.code, Message: fault.message } };
  send(response, answer);
}

function send(response: ServerResponse, answer: object): void {
  const body = JSON.stringify({ Response: { ...answer, RequestId: randomUUID() } });
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
}

function process(call: CloudCall, tasks: Map<string, string>): object {
  const sessionId = textField(call.request, 'SessionId') ?? '';
  if (!call.isSignatureValid)
    return { Error: { Code: 'AuthFailure.SignatureFailure', Message: 'The signature is wrong.' } };
  if (sessionId.length > 50)
    return { Error: { Code: 'InvalidParameterValue.SessionIdTooLong', Message: 'too long' } };
  if (tasks.has(sessionId))
    return { Error: { Code: 'InvalidParameterValue.SessionId', Message: 'SessionId was used before.' } };
  const taskId = `1250000000-procedurev2-${randomUUID().replaceAll('-', '')}t0`;
  tasks.set(sessionId, taskId);
  return { TaskId: taskId };
}

/** TC3-HMAC-SHA256 as the Node SDK makes it: the signed host has no port. */
function isSigned(request: IncomingMessage, body: string): boolean {
  const authorization = request.headers.authorization ?? '';
  const [, date, service, signature] =
    /Credential=[^/]+\/([^/]+)\/([^/]+)\/tc3_request.*Signature=(\w+)/.exec(authorization) ?? [];
  if (date === undefined || service === undefined || signature === undefined) return false;
  const host = String(request.headers.host).split(':')[0];
  const headers = `content-type:${request.headers['content-type']}\nhost:${host}\n`;
  const canonical = ['POST', '/', '', headers, 'content-type;host', sha256(body)].join('\n');
  const toSign = [
    'TC3-HMAC-SHA256',
    request.headers['x-tc-timestamp'],
    `${date}/${service}/tc3_request`,
    sha256(canonical),
  ].join('\n');
  const key = hmac(hmac(hmac(`TC3${SECRET_KEY}`, date), service), 'tc3_request');
  return (
    authorization.includes(`Credential=${SECRET_ID}/`) && hmac(key, toSign).toString('hex') === signature
  );
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

function hmac(key: string | Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest();
}
