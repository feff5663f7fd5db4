/** Events to try a function with, by the names of the cloud's own list where it has them. */
export const SAMPLES = ['hello', 'apigw', 'timer', 'upload', 'processed', 'deleted', 'pulled'] as const;
export type Sample = (typeof SAMPLES)[number];

/** Those that carry a message of the VOD service, as its callback brings it through the gateway. */
export const SAMPLE_MESSAGES: Partial<Record<Sample, string>> = {
  upload: 'NewFileUpload',
  processed: 'ProcedureStateChanged',
  deleted: 'FileDeleted',
  pulled: 'PullComplete',
};

export function plainSample(sample: Sample): object {
  if (sample === 'apigw') return gatewayEvent({ method: 'GET', path: '/test' });
  if (sample === 'timer') {
    return {
      Type: 'Timer',
      TriggerName: 'EveryDay',
      Time: '2026-01-01T00:00:00Z',
      Message: 'user define msg body',
    };
  }
  return { key1: 'test value 1', key2: 'test value 2' };
}

export interface GatewayRequest {
  method: string;
  path: string;
  /** JSON text of a POST. */
  body?: string;
}

/** What the gateway hands to a function (628/38896). */
export function gatewayEvent({ method, path, body }: GatewayRequest): object {
  return {
    ...(body === undefined ? {} : { body }),
    headerParameters: {},
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      host: 'service-testtest-1250000000.gz.apigw.tencentcs.com',
      requestsource: 'APIGW',
      'user-agent': 'vodstack console',
    },
    httpMethod: method,
    isBase64Encoded: false,
    path,
    pathParameters: {},
    queryString: {},
    queryStringParameters: {},
    requestContext: {
      httpMethod: 'ANY',
      identity: {},
      path,
      serviceId: 'service-testtest',
      sourceIp: '127.0.0.1',
      stage: 'release',
    },
    stageVariables: { stage: 'release' },
  };
}

/** Undefined when the text is JSON, else what is wrong with it. */
export function findJsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
