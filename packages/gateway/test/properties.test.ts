import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHttpAnswer } from '../src/function-response.ts';
import { parseHost, parseRequestTarget } from '../src/request-target.ts';

describe('whatever a function returns', () => {
  test('becomes a response that can be sent', () => {
    const shape = fc.record(
      {
        statusCode: fc.oneof(fc.integer(), fc.jsonValue()),
        headers: fc.jsonValue(),
        body: fc.jsonValue(),
        isBase64Encoded: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(shape, fc.jsonValue()), fc.boolean(), (value, integrated) => {
        const answer = toHttpAnswer(
          { statusCode: 200, retMsg: JSON.stringify(value) ?? 'null' },
          { integrated, requestId: 'r' },
        );
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(answer.status).toBeLessThanOrEqual(599);
        expect(
          () =>
            new Headers(
              Object.entries(answer.headers).map(([name, text]): [string, string] => [name, String(text)]),
            ),
        ).not.toThrow();
      }),
    );
  });
});

describe('whatever a URL is', () => {
  test('parsing answers a path that starts with a slash', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.option(fc.constant('service-abcdefgh'), { nil: undefined }),
        (url, host) => {
          const target = parseRequestTarget(`/${url}`, host);
          expect(target.path.startsWith('/')).toBe(true);
          expect(target.environment).not.toContain('/');
        },
      ),
    );
  });

  test('path form and host form agree', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const rest = `/release${path}?${query}`;
        const byHost = parseRequestTarget(rest, 'service-abcdefgh');
        expect(parseRequestTarget(`/service-abcdefgh${rest}`, undefined)).toEqual(byHost);
      }),
    );
  });

  test('only a whole host of the account names a service or a function URL', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseHost(`${text}x`, '125')).toBeUndefined();
      }),
    );
    const service = { kind: 'service', serviceId: 'service-abcdefgh' };
    expect(parseHost('Service-ABCDEFGH-125.GZ.apigw.tencentcs.com', '125')).toEqual(service);
    expect(parseHost('service-abcdefgh-125.ap-guangzhou.apigateway.myqcloud.com:80', '125')).toEqual(service);
    const url = { kind: 'url', urlId: 'abcdefgh01' };
    for (const host of [
      '125-abcdefgh01.ap-guangzhou.tencentscf.com',
      '125-abcdefgh01.in.gz.tencentscf.com:443',
      '125-abcdefgh01-gz.scf.tencentcs.com',
    ])
      expect(parseHost(host, '125')).toEqual(url);
    expect(parseHost('126-abcdefgh01.gz.tencentscf.com', '125')).toBeUndefined();
  });
});
