import {
  type ActionName,
  actionNames,
  requestSchemaOf,
  resolveSchema,
  type Schema,
} from '@vodstack/protocol';
import { actionCoverage } from '@vodstack/server';
import type { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/api-call.ts';
import { errorOf, type SdkError } from '../support/error-of.ts';
import { createServiceClient } from '../support/service-client.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

// What holds for every action, made from the list of actions and their shapes: a new action is covered without a word here.

const { done, partial, missing } = actionCoverage();
const offered = new Set<string>([...done, ...partial.map(({ name }) => name)]);
const implemented = actionNames.filter((name) => offered.has(name));

const NO_APPLICATION = 1_599_999_998;

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

async function fails(action: string, request: object, client: Client = stack.client): Promise<SdkError> {
  const error = await errorOf(client.request(action, request));
  expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  return error;
}

/** Anything of the right type, with what is required and nothing else. */
function exampleOf(schema: Schema): unknown {
  const { type, items, properties, required } = resolveSchema(schema);
  if (type === 'array') return [exampleOf(items)];
  if (type === 'object') {
    return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]));
  }
  return { string: 'x', integer: 1, number: 1, boolean: true }[type];
}

function exampleRequest(action: ActionName): Record<string, unknown> {
  return exampleOf(requestSchemaOf(action)) as Record<string, unknown>;
}

const WRONG_VALUES = {
  string: { wrong: 'type' },
  integer: 'x',
  number: 'x',
  boolean: 'perhaps',
  array: 'x',
  object: 'x',
} as const;

const shapes = implemented.map((action) => ({ action, ...resolveSchema(requestSchemaOf(action)) }));
const requiredFields = shapes.flatMap(({ action, required }) => required.map((field) => ({ action, field })));
const fields = shapes.flatMap(({ action, properties }) =>
  Object.entries(properties).map(([field, schema]) => ({ action, field, type: resolveSchema(schema).type })),
);
const withApplication = shapes.filter(({ properties }) => properties['SubAppId']).map(({ action }) => action);

describe('every action', () => {
  it.each(implemented)('%s is refused without a signature', async (action) => {
    const unsigned = await errorOf(stack.client.request(action, exampleRequest(action), { skipSign: true }));
    expect(unsigned.code).toBe('AuthFailure.InvalidAuthorization');
    const headers = {
      'content-type': 'application/json',
      'x-tc-action': action,
      'x-tc-version': '2018-07-17',
    };
    const { error, status } = await post(stack, JSON.stringify(exampleRequest(action)), headers);
    expect({ status, code: error?.Code }).toEqual({ status: 200, code: 'MissingParameter' });
    expect(error?.Message).toContain('not signed');
  });

  it.each(implemented)('%s is refused to a SecretId that does not exist', async (action) => {
    const client = stack.createClient({ secretId: 'AKIDnobody' });
    const error = await fails(action, exampleRequest(action), client);
    expect(error.code).toBe('AuthFailure.SecretIdNotFound');
  });

  it.each(implemented)('%s is refused with a wrong signature', async (action) => {
    const client = stack.createClient({ secretKey: 'wrong' });
    const error = await fails(action, exampleRequest(action), client);
    expect(error.code).toBe('AuthFailure.SignatureFailure');
  });

  it.each(requiredFields)(
    '$action names the required field $field when it is missing',
    async ({ action, field }) => {
      const { [field]: _left, ...request } = exampleRequest(action);
      const error = await fails(action, request);
      expect(error).toMatchObject({ code: 'MissingParameter' });
      expect(error.message).toContain(`\`${field}\``);
    },
  );

  it.each(fields)('$action names the field $field when it is no $type', async ({ action, field, type }) => {
    const error = await fails(action, { ...exampleRequest(action), [field]: WRONG_VALUES[type] });
    expect(error).toMatchObject({ code: 'InvalidParameter' });
    expect(error.message).toContain(`\`${field}\``);
  });

  it.each(withApplication)('%s looks into no application that does not exist', async (action) => {
    const error = await fails(action, { ...exampleRequest(action), SubAppId: NO_APPLICATION });
    expect(error.code).toMatch(
      /^(InvalidParameterValue\.SubAppId|ResourceNotFound|FailedOperation\.InvalidAccount)/,
    );
    expect(error.message).toContain(String(NO_APPLICATION));
  });
});

describe('every other action', () => {
  it.each(missing)('%s is UnsupportedOperation, with its name', async (action) => {
    const error = await fails(action, {});
    expect(error.code).toBe('UnsupportedOperation');
    expect(error.message).toContain(`\`${action}\``);
  });

  it.each([
    'CreateIncrementalMigrationStrategy',
    'CreateStorage',
    'CreateStorageCredentials',
    'DeleteIncrementalMigrationStrategy',
    'DescribeIncrementalMigrationStrategyInfos',
    'DescribeStorage',
    'ModifyIncrementalMigrationStrategy',
  ])('%s of version 2024-07-18 is UnsupportedOperation, with its name', async (action) => {
    const client = createServiceClient(stack, { version: '2024-07-18' });
    const error = await errorOf(client.request(action, {}));
    expect(error.code).toBe('UnsupportedOperation');
    expect(error.message).toContain(`\`${action}\``);
  });

  it('is InvalidAction in version 2024-07-18 when the cloud has none of that name there', async () => {
    const client = createServiceClient(stack, { version: '2024-07-18' });
    expect((await errorOf(client.request('ProcessMedia', {}))).code).toBe('InvalidAction');
  });
});
