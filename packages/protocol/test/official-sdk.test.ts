import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { vod } from 'tencentcloud-sdk-nodejs-vod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ApiError,
  findHeader,
  parseFlatParameters,
  splitCommonParameters,
  toErrorEnvelope,
  toSuccessEnvelope,
  unflattenParameters,
  validateRequest,
  verifyTc3,
  verifyV1,
  type Verification,
} from '../src/index.ts';

const secretKey = 'secret';
let server: Server;

interface Call {
  action: string;
  params: unknown;
  verification: Verification;
}

function readTc3Call(request: IncomingMessage, url: URL, body: string): Call {
  const { method = '', headers } = request;
  const rawQuery = url.search.slice(1);
  const nowSec = Date.now() / 1000;
  return {
    action: findHeader(headers, 'x-tc-action') ?? '',
    params: method === 'GET' ? unflattenParameters(parseFlatParameters(rawQuery)) : JSON.parse(body),
    verification: verifyTc3({ method, path: url.pathname, rawQuery, headers, body, secretKey, nowSec }),
  };
}

function readV1Call(request: IncomingMessage, url: URL, body: string): Call {
  const { method = '', headers } = request;
  const params = parseFlatParameters(method === 'GET' ? url.search.slice(1) : body);
  const { common, own } = splitCommonParameters(params);
  const host = headers.host ?? '';
  const nowSec = Date.now() / 1000;
  return {
    action: common.Action ?? '',
    params: unflattenParameters(own),
    verification: verifyV1({ method, host, path: url.pathname, params, secretKey, nowSec }),
  };
}

/** Answers with the parameters that it understood. */
async function answer(request: IncomingMessage): Promise<object> {
  try {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const read = request.headers['x-tc-action'] === undefined ? readV1Call : readTc3Call;
    const { action, params, verification } = read(request, url, body);
    if (!verification.ok) throw new ApiError('AuthFailure.SignatureFailure');
    return toSuccessEnvelope({ Understood: validateRequest(action, params) }, 'request-1');
  } catch (error) {
    return toErrorEnvelope(error, 'request-1');
  }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    void answer(request).then((envelope) => response.end(JSON.stringify(envelope)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

type SignMethod = 'TC3-HMAC-SHA256' | 'HmacSHA1' | 'HmacSHA256';

function createClient(options: {
  signMethod: SignMethod;
  reqMethod: 'GET' | 'POST';
  key?: string;
}): InstanceType<typeof vod.v20180717.Client> {
  const { port } = server.address() as AddressInfo;
  const httpProfile = { endpoint: `127.0.0.1:${port}`, protocol: 'http://', reqMethod: options.reqMethod };
  return new vod.v20180717.Client({
    credential: { secretId: 'AKIDtest', secretKey: options.key ?? secretKey },
    region: 'ap-guangzhou',
    profile: { signMethod: options.signMethod, httpProfile },
  });
}

const request = {
  FileId: '5285890784418605123',
  SubAppId: 1_500_000_001,
  SessionContext: "a b&c=中文'()*!~+",
  MediaProcessTask: {
    TranscodeTaskSet: [{ Definition: 100_010 }, { Definition: 100_020, StartTimeOffset: 1.5 }],
  },
};

describe("the official Node SDK's requests are accepted and understood", () => {
  test.each([
    { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' },
    { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'GET' },
    { signMethod: 'HmacSHA1', reqMethod: 'POST' },
    { signMethod: 'HmacSHA1', reqMethod: 'GET' },
    { signMethod: 'HmacSHA256', reqMethod: 'POST' },
    { signMethod: 'HmacSHA256', reqMethod: 'GET' },
  ] as const)('$signMethod $reqMethod', async (options) => {
    const answered = await createClient(options).ProcessMedia(request);
    expect(answered).toEqual({
      Understood: { params: request, unknownFields: [] },
      RequestId: 'request-1',
    });
  });
});

test('the official Node SDK reads the code, message and RequestId of our errors', async () => {
  const options = { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } as const;
  await expect(createClient({ ...options, key: 'wrong' }).ProcessMedia(request)).rejects.toMatchObject({
    code: 'AuthFailure.SignatureFailure',
    message: 'The signature does not match the request. Check the SecretKey.',
    requestId: 'request-1',
  });
});
