import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createReceiver,
  MAX_BODY_BYTES,
  toFetchHandler,
  toNodeHandler,
  toScfHandler,
  type Receiver,
} from '../src/index.ts';
import { newFileUpload, newFileUploadWithNulls, procedureStateChanged } from './support/samples.ts';

interface Answer {
  readonly status: number;
  readonly contentType: string | null | undefined;
  readonly body: string;
}

/** Sends one notification through an adapter. */
type Send = (body: string | Uint8Array) => Promise<Answer>;

interface Seen {
  readonly receiver: Receiver;
  readonly names: unknown[];
  readonly lines: string[];
}

function createTestReceiver(): Seen {
  const names: unknown[] = [];
  const lines: string[] = [];
  const receiver = createReceiver({
    on: {
      NewFileUpload: (payload) => void names.push(payload.MediaBasicInfo?.Name),
      FileDeleted: () => Promise.reject(new Error('no luck')),
    },
    log: (line) => lines.push(line),
  });
  return { receiver, names, lines };
}

/** An event as API Gateway builds it. */
const gatewayEvent = (body: unknown, isBase64Encoded: unknown = false): object => ({
  requestContext: {
    serviceId: 'service-abcdefgh',
    path: '/callback',
    httpMethod: 'POST',
    identity: {},
    sourceIp: '1.2.3.4',
    stage: 'release',
  },
  headers: {
    'content-type': 'application/json',
    host: 'service-abcdefgh-1250000000.gz.apigw.tencentcs.com',
    requestsource: 'APIGW',
  },
  body,
  pathParameters: {},
  queryStringParameters: {},
  headerParameters: {},
  stageVariables: { stage: 'release' },
  path: '/callback',
  queryString: {},
  httpMethod: 'POST',
  isBase64Encoded,
});

/** An event as a function URL builds it. */
const functionUrlEvent = (body: string): object => ({
  body,
  headers: { 'x-scf-remote-addr': '1.2.3.4' },
  httpMethod: 'POST',
  path: '/',
  queryString: {},
});

const toText = (body: string | Uint8Array): string => Buffer.from(body).toString();

/** What a sender sees, whichever adapter it meets. */
function testAdapter({ send, seen, tooLarge }: { send: Send; seen: Seen; tooLarge: number }): void {
  test('A notification that is understood is answered 200, text/plain and empty', async () => {
    const answer = { status: 200, contentType: 'text/plain', body: '' };
    expect(await send(JSON.stringify(newFileUpload))).toEqual(answer);
    expect(await send(JSON.stringify(newFileUploadWithNulls))).toEqual(answer);
    expect(await send(JSON.stringify(procedureStateChanged([])))).toEqual(answer);
    expect(await send('{"EventType":"SomethingNew"}')).toEqual(answer);
  });

  test('One that is not understood is answered 400 Bad Request, an empty POST too', async () => {
    const answer = { status: 400, contentType: 'text/plain', body: 'Bad Request' };
    expect(await send('')).toEqual(answer);
    expect(await send('hello')).toEqual(answer);
    expect(await send('{}')).toEqual(answer);
    expect(await send('{"EventType":"NewFileUpload"}')).toEqual(answer);
    expect(await send(new Uint8Array([0xff]))).toEqual(answer);
  });

  test('One whose handler failed is answered 500 Internal Error, without the reason', async () => {
    const message = { EventType: 'FileDeleted', FileDeleteEvent: { FileIdSet: ['1'] } };
    expect(await send(JSON.stringify(message))).toEqual({
      status: 500,
      contentType: 'text/plain',
      body: 'Internal Error',
    });
  });

  test('Names in any script arrive as they were sent', async () => {
    const name = '假期 😀 día';
    await send(
      JSON.stringify({
        EventType: 'NewFileUpload',
        FileUploadEvent: { FileId: '1', MediaBasicInfo: { Name: name } },
      }),
    );
    expect(seen.names.at(-1)).toBe(name);
  });

  test('A body of exactly the limit is read, one byte more is refused and logged', async () => {
    const message = JSON.stringify(newFileUpload);
    const full = message + ' '.repeat(MAX_BODY_BYTES - Buffer.byteLength(message));
    expect(await send(full)).toMatchObject({ status: 200 });
    expect(await send(`${full} `)).toMatchObject({ status: tooLarge });
    expect(seen.lines.at(-1)).toContain(`expected at most ${MAX_BODY_BYTES} bytes`);
  });

  test('Notifications at the same time do not mix', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `name ${index}`);
    const before = seen.names.length;
    await Promise.all(
      ids.map((Name) =>
        send(JSON.stringify({ EventType: 'NewFileUpload', FileUploadEvent: { MediaBasicInfo: { Name } } })),
      ),
    );
    expect(new Set(seen.names.slice(before))).toEqual(new Set(ids));
  });
}

describe('toNodeHandler', () => {
  const seen = createTestReceiver();
  let server: Server;
  beforeAll(async () => {
    server = createServer(toNodeHandler(seen.receiver)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());
  const port = (): number => (server.address() as AddressInfo).port;

  const send: Send = async (body) => {
    const response = await fetch(`http://127.0.0.1:${port()}/release/callback`, { method: 'POST', body });
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
  describe('over a real server', () => {
    testAdapter({ send, seen, tooLarge: 413 });
  });

  test('A body without Content-Length is read, and counted, too', async () => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest({ port: port(), method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (let written = 0; written <= MAX_BODY_BYTES; written += 65_536)
        request.write(Buffer.alloc(65_536, ' '));
      request.end();
    });
    expect(answer).toBe(413);
  });

  test('A sender that hangs up in the middle leaves the server ready for the next', async () => {
    const socket = connect(port(), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"Event');
    socket.destroy();
    await once(socket, 'close');
    expect(await send(JSON.stringify(newFileUpload))).toMatchObject({ status: 200 });
  });

  test('A GET is answered 400', async () => {
    const response = await fetch(`http://127.0.0.1:${port()}/`);
    expect(response.status).toBe(400);
  });
});

describe('toFetchHandler', () => {
  const seen = createTestReceiver();
  const handler = toFetchHandler(seen.receiver);
  const send: Send = async (body) => {
    const response = await handler(new Request('http://localhost/callback', { method: 'POST', body }));
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
  describe('with Request and Response', () => {
    testAdapter({ send, seen, tooLarge: 413 });
  });

  test('A request without a body is answered 400', async () => {
    expect((await handler(new Request('http://localhost/callback'))).status).toBe(400);
  });
});

describe('toScfHandler', () => {
  const seen = createTestReceiver();
  const handler = toScfHandler(seen.receiver);

  const sendWith =
    (toEvent: (body: string | Uint8Array) => object): Send =>
    async (body) => {
      const response = await handler(toEvent(body));
      expect(response.isBase64Encoded).toBe(false);
      return {
        status: response.statusCode,
        contentType: response.headers['Content-Type'],
        body: response.body,
      };
    };

  describe('with an API Gateway event', () => {
    testAdapter({
      send: sendWith((body) => gatewayEvent(toText(body))),
      seen,
      tooLarge: 400,
    });
  });
  describe('with a base64 API Gateway event', () => {
    testAdapter({
      send: sendWith((body) => gatewayEvent(Buffer.from(body).toString('base64'), true)),
      seen,
      tooLarge: 400,
    });
  });
  describe('with a base64 event whose flag is the documented string', () => {
    testAdapter({
      send: sendWith((body) => gatewayEvent(Buffer.from(body).toString('base64'), 'true')),
      seen,
      tooLarge: 400,
    });
  });
  describe('with a function URL event', () => {
    testAdapter({
      send: sendWith((body) => functionUrlEvent(toText(body))),
      seen,
      tooLarge: 400,
    });
  });

  test.each([[undefined], [null], [{}], [{ body: null }], [{ body: 7 }], [{ body: {} }], ['text'], [[]]])(
    'The event %j without a body string is answered 400',
    async (event) => {
      expect(await handler(event, {})).toEqual({
        isBase64Encoded: false,
        statusCode: 400,
        headers: { 'Content-Type': 'text/plain' },
        body: 'Bad Request',
      });
    },
  );

  test.each<[string, object, number | undefined]>([
    ['getRemainingTimeInMillis', { getRemainingTimeInMillis: () => 1234, time_limit_in_ms: 5000 }, 1234],
    ['time_limit_in_ms', { time_limit_in_ms: 5000 }, 5000],
    ['neither', {}, undefined],
  ])('The remaining time is taken from %s', async (_title, context, expected) => {
    const times: unknown[] = [];
    const receiver = createReceiver({
      on: { NewFileUpload: (_payload, { remainingMs }) => void times.push(remainingMs) },
      log: () => undefined,
    });
    await toScfHandler(receiver)(functionUrlEvent(JSON.stringify(newFileUpload)), context);
    expect(times).toEqual([expected]);
  });
});
