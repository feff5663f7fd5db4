import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import {
  createFunction,
  createFunctionClient,
  whenSettled,
  zip,
  type FunctionClient,
} from '../support/functions.ts';
import { createServiceClient } from '../support/service-client.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let client: FunctionClient;

beforeAll(async () => {
  stack = await startQuietStack();
  client = createFunctionClient(stack);
});
afterAll(() => stack.stop());

const ECHO =
  'exports.main_handler = async (event, context) => ({ event, version: context.function_version });';
const returning = (value: string) => `exports.main_handler = async () => ${JSON.stringify(value)};`;
const call = async (FunctionName: string, more: object = {}) =>
  JSON.parse((await client.InvokeFunction({ FunctionName, ...more })).Result?.RetMsg ?? '');

describe('a function', () => {
  test('is created, called, changed and deleted by the official client', async () => {
    const created = await createFunction(client, {
      FunctionName: 'life',
      code: returning('one'),
      Timeout: 7,
      Environment: { Variables: [{ Key: 'A', Value: '1' }] },
    });
    expect(created).toMatchObject({
      FunctionName: 'life',
      Namespace: 'default',
      Status: 'Active',
      Runtime: 'Nodejs18.15',
      Handler: 'index.main_handler',
      MemorySize: 128,
      Timeout: 7,
      InitTimeout: 65,
      FunctionVersion: '$LATEST',
      AvailableStatus: 'Available',
      Environment: { Variables: [{ Key: 'A', Value: '1' }] },
      Triggers: [],
      Type: 'Event',
    });
    expect(created.AddTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(await call('life')).toBe('one');

    await client.UpdateFunctionCode({
      FunctionName: 'life',
      ZipFile: await zip({ 'app.js': returning('two') }),
      Handler: 'app.main_handler',
    });
    expect(await whenSettled(client, { FunctionName: 'life' })).toMatchObject({
      Status: 'Active',
      Handler: 'app.main_handler',
    });
    expect(await call('life')).toBe('two');

    await client.UpdateFunctionConfiguration({
      FunctionName: 'life',
      MemorySize: 256,
      Timeout: 9,
      Description: 'changed',
      Environment: { Variables: [{ Key: '', Value: '' }] },
    });
    expect(await client.GetFunction({ FunctionName: 'life' })).toMatchObject({
      MemorySize: 256,
      Timeout: 9,
      Description: 'changed',
      Environment: { Variables: [] },
    });
    const { Functions: rows, TotalCount } = await client.ListFunctions({ SearchKey: 'life' });
    expect(TotalCount).toBe(1);
    expect(rows?.[0]).toMatchObject({ FunctionName: 'life', Status: 'Active', Runtime: 'Nodejs18.15' });

    await client.DeleteFunction({ FunctionName: 'life' });
    expect(await errorOf(client.GetFunction({ FunctionName: 'life' }))).toMatchObject({
      code: 'ResourceNotFound.Function',
    });
    expect(await errorOf(client.InvokeFunction({ FunctionName: 'life' }))).toMatchObject({
      code: 'ResourceNotFound.Function',
    });
  });

  test('answers the result of a call with its log', async () => {
    await createFunction(client, {
      FunctionName: 'told',
      code: 'exports.main_handler = (event) => { console.log("hello", event.a); return event; };',
    });
    const { Result } = await client.Invoke({
      FunctionName: 'told',
      ClientContext: '{"a":1}',
      LogType: 'Tail',
    });
    expect(Result).toMatchObject({
      RetMsg: '{"a":1}',
      ErrMsg: '',
      InvokeResult: 0,
      BillDuration: expect.any(Number),
      MemUsage: expect.any(Number),
    });
    expect(Result?.Log).toContain('hello 1');
    expect(Result?.Log).toContain(`START RequestId: ${Result?.FunctionRequestId}`);
    const silent = await client.Invoke({ FunctionName: 'told', ClientContext: '{}' });
    expect(silent.Result?.Log).toBe('');
  });

  test('that throws answers the error and its stack', async () => {
    await createFunction(client, {
      FunctionName: 'thrower',
      code: 'exports.main_handler = async () => { throw new Error("no"); };',
    });
    const { Result } = await client.InvokeFunction({ FunctionName: 'thrower' });
    expect(JSON.parse(Result?.RetMsg ?? '')).toMatchObject({
      errorCode: -1,
      statusCode: 430,
      errorMessage: 'user code exception caught',
    });
    expect(Result?.ErrMsg).toMatch(/^Error: no/);
  });

  test('keeps its former code when an update fails', async () => {
    await createFunction(client, { FunctionName: 'kept', code: returning('old') });
    await client.UpdateFunctionCode({ FunctionName: 'kept', ZipFile: await zip({ 'other.js': '' }) });
    const failed = await whenSettled(client, { FunctionName: 'kept' });
    expect(failed).toMatchObject({ Status: 'UpdateFailed' });
    expect(failed.StatusReasons?.[0]?.ErrorMessage).toContain('未找到函数执行入口文件');
    expect(await call('kept')).toBe('old');
    await client.UpdateFunctionCode({
      FunctionName: 'kept',
      ZipFile: await zip({ 'index.js': returning('new') }),
    });
    expect(await whenSettled(client, { FunctionName: 'kept' })).toMatchObject({
      Status: 'Active',
      StatusReasons: [],
    });
    expect(await call('kept')).toBe('new');
  });

  test('whose package has a wrapping folder is CreateFailed, says why, and can be deleted and made again', async () => {
    const made = await createFunction(client, { FunctionName: 'wrapped', code: { 'src/index.js': ECHO } });
    expect(made.Status).toBe('CreateFailed');
    expect(made.StatusReasons?.[0]?.ErrorMessage).toContain('pack the content of the folder');
    expect(await errorOf(client.InvokeFunction({ FunctionName: 'wrapped' }))).toMatchObject({
      code: 'FailedOperation.FunctionStatusError',
    });
    await client.DeleteFunction({ FunctionName: 'wrapped' });
    expect(await createFunction(client, { FunctionName: 'wrapped', code: ECHO })).toMatchObject({
      Status: 'Active',
    });
  });

  test('with a syntax error is deployed, and answers 443', async () => {
    await createFunction(client, { FunctionName: 'syntax', code: 'exports.main_handler = (' });
    expect(await call('syntax')).toMatchObject({
      statusCode: 443,
      errorMessage: expect.stringContaining('SyntaxError'),
    });
  });

  test('with a native module of another platform answers 443 with the loader’s reason', async () => {
    const code = {
      'index.js': 'require("./a.node"); exports.main_handler = () => 1;',
      'a.node': Buffer.from('cffaedfe07000001', 'hex'),
    };
    await createFunction(client, { FunctionName: 'native', code });
    expect(await call('native')).toMatchObject({
      statusCode: 443,
      errorMessage: expect.stringMatching(/invalid ELF header|file too short/),
    });
  });

  test('is copied with its configuration', async () => {
    await createFunction(client, { FunctionName: 'first', code: returning('copied'), Timeout: 11 });
    await client.CopyFunction({ FunctionName: 'first', NewFunctionName: 'second' });
    expect(await client.GetFunction({ FunctionName: 'second' })).toMatchObject({
      Timeout: 11,
      Status: 'Active',
    });
    await client.DeleteFunction({ FunctionName: 'first' });
    expect(await call('second')).toBe('copied');
    await createFunction(client, { FunctionName: 'third', code: ECHO });
    const refused = client.CopyFunction({
      FunctionName: 'third',
      NewFunctionName: 'second',
      Override: false,
    });
    expect(await errorOf(refused)).toMatchObject({ code: 'ResourceInUse.FunctionName' });
  });
});

test('the package of a function can be fetched, and deployed again', async () => {
  await createFunction(client, {
    FunctionName: 'packed',
    code: { 'index.js': returning('packed'), 'lib/a.txt': 'a' },
  });
  const { Url, CodeSha256 } = await client.GetFunctionAddress({ FunctionName: 'packed' });
  const path = new URL(Url ?? '').pathname;
  const zipped = Buffer.from(await (await fetch(`${stack.url}${path}`)).arrayBuffer());
  expect(createHash('sha256').update(zipped).digest('hex')).toBe(CodeSha256);
  await client.CreateFunction({
    FunctionName: 'unpacked',
    Runtime: 'Nodejs18.15',
    Handler: 'index.main_handler',
    Code: { ZipFile: zipped.toString('base64') },
  });
  expect(await whenSettled(client, { FunctionName: 'unpacked' })).toMatchObject({ Status: 'Active' });
  expect(await call('unpacked')).toBe('packed');
  expect((await fetch(`${stack.url}/scf/code/none`)).status).toBe(404);
});

describe('versions and aliases', () => {
  test('a published version keeps its code and configuration', async () => {
    await createFunction(client, { FunctionName: 'versioned', code: returning('v1') });
    const published = await client.PublishVersion({ FunctionName: 'versioned', Description: 'the first' });
    expect(published).toMatchObject({
      FunctionVersion: '1',
      Runtime: 'Nodejs18.15',
      Handler: 'index.main_handler',
      Description: 'the first',
    });
    const ZipFile = await zip({ 'index.js': ECHO });
    await client.UpdateFunctionCode({ FunctionName: 'versioned', ZipFile, Publish: 'TRUE' });
    await whenSettled(client, { FunctionName: 'versioned' });
    expect(await call('versioned', { Qualifier: '1' })).toBe('v1');
    expect(await call('versioned', { Qualifier: '$LATEST' })).toMatchObject({ version: '$LATEST' });
    await eventually('the new code is published', async () => {
      const { Versions } = await client.ListVersionByFunction({ FunctionName: 'versioned' });
      return Versions?.some(({ Version }) => Version === '2');
    });
    expect(await call('versioned', { Qualifier: '2' })).toMatchObject({ version: '2' });
    const { FunctionVersion: versions, Versions } = await client.ListVersionByFunction({
      FunctionName: 'versioned',
    });
    expect(versions).toEqual(['$LATEST', '2', '1']);
    expect(Versions?.[2]).toMatchObject({ Version: '1', Description: 'the first', Status: 'Active' });
    expect(await errorOf(client.InvokeFunction({ FunctionName: 'versioned', Qualifier: '3' }))).toMatchObject(
      { code: 'ResourceNotFound.Qualifier' },
    );
  });

  test('a change of configuration makes a version when it says so', async () => {
    await createFunction(client, { FunctionName: 'tuned', code: returning('tuned') });
    const change = { FunctionName: 'tuned', MemorySize: 256, Description: 'more memory' };
    expect(
      await errorOf(client.UpdateFunctionConfiguration({ ...change, Publish: 'perhaps' })),
    ).toMatchObject({ code: 'InvalidParameterValue' });
    await client.UpdateFunctionConfiguration({ ...change, Publish: 'TRUE' });
    await client.UpdateFunctionConfiguration({ FunctionName: 'tuned', MemorySize: 512 });
    const { Versions } = await client.ListVersionByFunction({ FunctionName: 'tuned' });
    expect(Versions?.map(({ Version, Description }) => [Version, Description])).toEqual([
      ['$LATEST', 'more memory'],
      ['1', 'more memory'],
    ]);
    const version = await client.GetFunction({ FunctionName: 'tuned', Qualifier: '1', ShowCode: 'TRUE' });
    expect(version).toMatchObject({ MemorySize: 256, CodeInfo: returning('tuned') });
  });

  test('an alias points at versions, by weight and by rule', async () => {
    await createFunction(client, { FunctionName: 'aliased', code: returning('one') });
    await client.PublishVersion({ FunctionName: 'aliased' });
    await client.UpdateFunctionCode({
      FunctionName: 'aliased',
      ZipFile: await zip({ 'index.js': returning('two') }),
    });
    await whenSettled(client, { FunctionName: 'aliased' });
    await client.PublishVersion({ FunctionName: 'aliased' });
    await client.CreateAlias({ FunctionName: 'aliased', Name: 'stable', FunctionVersion: '1' });
    expect(await call('aliased', { Qualifier: 'stable' })).toBe('one');
    await client.UpdateAlias({
      FunctionName: 'aliased',
      Name: 'stable',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: [{ Version: '2', Weight: 1 }] },
    });
    expect(await call('aliased', { Qualifier: 'stable' })).toBe('two');
    await client.UpdateAlias({
      FunctionName: 'aliased',
      Name: 'stable',
      FunctionVersion: '1',
      RoutingConfig: {
        AddtionVersionMatchs: [
          { Version: '2', Key: 'invoke.headers.User', Method: 'exact', Expression: 'me' },
        ],
      },
    });
    expect(await call('aliased', { Qualifier: 'stable' })).toBe('one');
    expect(await call('aliased', { Qualifier: 'stable', RoutingKey: '{"User":"me"}' })).toBe('two');
    await client.UpdateAlias({ FunctionName: 'aliased', Name: '$DEFAULT', FunctionVersion: '1' });
    expect(await call('aliased')).toBe('one');
    const { Aliases } = await client.ListAliases({ FunctionName: 'aliased' });
    expect(Aliases?.map(({ Name, FunctionVersion }) => [Name, FunctionVersion])).toEqual([
      ['$DEFAULT', '1'],
      ['stable', '1'],
    ]);
    expect(
      await errorOf(client.DeleteFunctionVersion({ FunctionName: 'aliased', Qualifier: '1' })),
    ).toMatchObject({ code: 'UnsupportedOperation.AliasBind' });
    expect(await errorOf(client.DeleteAlias({ FunctionName: 'aliased', Name: '$DEFAULT' }))).toMatchObject({
      code: 'InvalidParameterValue.Alias',
    });
    await client.DeleteAlias({ FunctionName: 'aliased', Name: 'stable' });
    expect(await errorOf(client.GetAlias({ FunctionName: 'aliased', Name: 'stable' }))).toMatchObject({
      code: 'ResourceNotFound.Alias',
    });
    await client.DeleteFunctionVersion({ FunctionName: 'aliased', Qualifier: '2' });
    expect(await errorOf(client.GetFunction({ FunctionName: 'aliased', Qualifier: '2' }))).toMatchObject({
      code: 'ResourceNotFound.Qualifier',
    });
  });
});

test('namespaces hold functions of the same name apart', async () => {
  await client.CreateNamespace({ Namespace: 'other', Description: 'a second one' });
  await createFunction(client, { FunctionName: 'same', code: returning('default') });
  await createFunction(client, { FunctionName: 'same', Namespace: 'other', code: returning('other') });
  expect([await call('same'), await call('same', { Namespace: 'other' })]).toEqual(['default', 'other']);
  expect(await errorOf(client.DeleteNamespace({ Namespace: 'other' }))).toMatchObject({
    code: 'FailedOperation.DeleteNamespace',
  });
  await client.DeleteFunction({ FunctionName: 'same', Namespace: 'other' });
  await client.DeleteNamespace({ Namespace: 'other' });
  const { Namespaces } = await client.ListNamespaces({});
  expect(Namespaces?.map(({ Name }) => Name)).toEqual(['default', 'vod_demo']);
  expect(await errorOf(client.ListFunctions({ Namespace: 'other' }))).toMatchObject({
    code: 'ResourceNotFound.Namespace',
  });
});

test('calls by GET are the same', async () => {
  await createFunction(client, { FunctionName: 'got', code: ECHO });
  const { FunctionName, Timeout } = await createFunctionClient(stack, { reqMethod: 'GET' }).GetFunction({
    FunctionName: 'got',
  });
  expect([FunctionName, Timeout]).toEqual(['got', 3]);
});

test('an action that is not built is refused by its name, an unknown one as unknown', async () => {
  expect(await errorOf(client.ListLayers({}))).toMatchObject({
    code: 'UnsupportedOperation',
    message: expect.stringContaining('ListLayers'),
  });
  const service = createServiceClient(stack, { version: '2018-04-16' });
  expect(await errorOf(service.request('NoSuchAction', {}))).toMatchObject({ code: 'InvalidAction' });
});
