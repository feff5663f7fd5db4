import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiError, isSignedOut, isUnreachable } from '../src/shared/api/api-error.ts';
import { createApi, type Api } from '../src/shared/api/api.ts';
import {
  filledText,
  id,
  list,
  measure,
  nullable,
  number,
  object,
  oneOf,
  text,
  withDefault,
  ShapeError,
} from '../src/shared/api/decode.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';

describe('the API client', () => {
  let server: LocalServer;
  let api: Api;

  beforeAll(async () => {
    server = await startLocalServer((incoming, response) => {
      const answers: Record<string, [number, string]> = {
        '/api/headers': [200, JSON.stringify({ marker: incoming.headers['x-vodstack-console'] ?? null })],
        '/api/denied': [401, '{"message":"Sign in first."}'],
        '/api/broken': [502, '<html>Bad gateway</html>'],
        '/api/number': [200, '{"marker":5}'],
        '/api/vod/Good': [200, '{"Response":{"TaskId":"t","RequestId":"r"}}'],
        '/api/vod/Bad': [
          200,
          '{"Response":{"Error":{"Code":"ResourceNotFound","Message":"no file"},"RequestId":"r"}}',
        ],
      };
      const [status, body] = answers[incoming.url ?? ''] ?? [404, ''];
      response.writeHead(status).end(body);
    });
    api = createApi({ fetch, baseUrl: `${server.url}/api` });
  });

  afterAll(() => server.close());

  const marker = object({ marker: nullable(text) });

  it('marks changes with the header that the server asks for, and only those', async () => {
    expect(await api.request('/headers', marker, { method: 'POST', body: {} })).toEqual({ marker: '1' });
    expect(await api.request('/headers', marker)).toEqual({ marker: null });
  });

  it('knows an ended session by its status', async () => {
    const error: unknown = await api.request('/denied', marker).catch((reason: unknown) => reason);
    expect(isSignedOut(error)).toBe(true);
    expect(error).toMatchObject({ message: 'Sign in first.' });
  });

  it('reports an answer that is no JSON with its status', async () => {
    await expect(api.request('/broken', marker)).rejects.toMatchObject({ name: 'ApiError', status: 502 });
  });

  it('says where an answer differs from what was agreed', async () => {
    await expect(api.request('/number', marker)).rejects.toThrow('/number.marker: expected text, got number');
  });

  it('unwraps the envelope of the cloud', async () => {
    expect(await api.vod('Good', {}, object({ TaskId: text }))).toEqual({ TaskId: 't' });
  });

  it('turns an error in the envelope into an ApiError with its code', async () => {
    await expect(api.vod('Bad', {}, object({}))).rejects.toMatchObject({
      code: 'ResourceNotFound',
      message: 'no file',
    });
  });

  it('knows a server that does not answer', async () => {
    const nowhere = createApi({ fetch, baseUrl: 'http://127.0.0.1:1' });
    const error: unknown = await nowhere.request('/', marker).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(isUnreachable(error)).toBe(true);
  });
});

describe('decoders', () => {
  it('name the place inside lists', () => {
    const decoder = object({ items: list(object({ size: number })) });
    expect(() => decoder({ items: [{ size: 1 }, { size: '2' }] }, 'page')).toThrow(
      'page.items[1].size: expected a number, got string',
    );
  });

  it('take absent for null, and defaults for both', () => {
    const decoder = object({ a: nullable(text), b: withDefault(number, 7), c: withDefault(number, 7) });
    expect(decoder({ c: null, more: true }, '')).toEqual({ a: null, b: 7, c: 7 });
  });

  it('take an identifier as text or number', () => {
    expect([id('7', ''), id(7, '')]).toEqual(['7', '7']);
  });

  it('take zero and empty for unknown where that is what they mean', () => {
    expect([measure(0, ''), measure(5, ''), filledText('', ''), filledText('a', '')]).toEqual([
      null,
      5,
      null,
      'a',
    ]);
  });

  it('list the allowed words when another comes', () => {
    expect(() => oneOf('ON', 'OFF')('MAYBE', 'Switch')).toThrow(ShapeError);
    expect(() => oneOf('ON', 'OFF')('MAYBE', 'Switch')).toThrow('Switch: expected ON | OFF');
  });
});
