import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import {
  createFunction,
  createFunctionClient,
  type FunctionClient,
  whenSettled,
  zip,
} from '../support/functions.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let client: FunctionClient;

const ECHO = 'exports.main_handler = async (event) => event;';

beforeAll(async () => {
  stack = await startQuietStack();
  client = createFunctionClient(stack);
  await createFunction(client, { FunctionName: 'echo', code: ECHO });
});
afterAll(() => stack.stop());

interface Entry {
  name: string;
  content?: Buffer;
  /** What the zip says of its size, when that is a lie. */
  saysBytes?: number;
  /** Unix mode. */
  mode?: number;
}

/** A zip file byte by byte: what no library would write. */
function rawZip(entries: readonly Entry[]): string {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content = Buffer.from('x'), saysBytes = content.length, mode = 0o100644 } of entries) {
    const path = Buffer.from(name);
    const data = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(saysBytes, 18);
    fields.writeUInt16LE(path.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, path, data]);
    locals.push(local);
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), fields, tail, path]));
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\u0005\u0006'), end]).toString('base64');
}

const create = (more: object) => ({
  FunctionName: 'refused',
  Runtime: 'Nodejs18.15',
  Handler: 'index.main_handler',
  Code: { ZipFile: rawZip([{ name: 'index.js' }]) },
  ...more,
});
const package_ = (ZipFile: string) => create({ Code: { ZipFile } });
const variables = (Key: string, Value: string) => create({ Environment: { Variables: [{ Key, Value }] } });

describe('CreateFunction refuses', () => {
  test.each([
    ['what is not base64', 'InvalidParameterValue.ZipFileBase64BinasciiError', package_('no base64!')],
    ['base64 that is cut off', 'InvalidParameterValue.ZipFileBase64BinasciiError', package_('AAA')],
    [
      'what is not a zip',
      'InvalidParameterValue.ZipFile',
      package_(Buffer.from('plain text').toString('base64')),
    ],
    [
      'a zip that is cut off',
      'InvalidParameterValue.ZipFile',
      package_(rawZip([{ name: 'index.js' }]).slice(0, 40)),
    ],
    ['a path that leads out', 'InvalidParameterValue.ZipFile', package_(rawZip([{ name: '../index.js' }]))],
    ['an absolute path', 'InvalidParameterValue.ZipFile', package_(rawZip([{ name: '/etc/index.js' }]))],
    [
      'a symbolic link',
      'InvalidParameterValue.ZipFile',
      package_(rawZip([{ name: 'index.js', mode: 0o120777 }])),
    ],
    [
      'a file twice',
      'InvalidParameterValue.ZipFile',
      package_(rawZip([{ name: 'index.js' }, { name: 'index.js' }])),
    ],
    [
      '10 GB of files',
      'InvalidParameterValue.Code',
      package_(
        rawZip(Array.from({ length: 10 }, (_, index) => ({ name: `${index}.js`, saysBytes: 1_000_000_000 }))),
      ),
    ],
    ['no code', 'MissingParameter.Code', create({ Code: {} })],
    [
      'code from elsewhere',
      'UnsupportedOperation',
      create({ Code: { CosBucketName: 'b', CosObjectName: 'o' } }),
    ],
    ['a bad name', 'InvalidParameterValue.FunctionName', create({ FunctionName: '1st' })],
    ['an unknown namespace', 'ResourceNotFound.Namespace', create({ Namespace: 'nowhere' })],
    ['an unknown runtime', 'InvalidParameterValue.Runtime', create({ Runtime: 'Cobol85' })],
    ['a handler without a function', 'InvalidParameterValue.Handler', create({ Handler: 'index' })],
    ['too long a timeout', 'LimitExceeded.Timeout', create({ Timeout: 901 })],
    ['too long a start', 'LimitExceeded.InitTimeout', create({ InitTimeout: 301 })],
    ['too much memory', 'LimitExceeded.Memory', create({ MemorySize: 3200 })],
    ['memory between the steps', 'InvalidParameterValue.Memory', create({ MemorySize: 130 })],
    ['a reserved variable', 'InvalidParameterValue.EnvironmentSystemProtect', variables('SCF_X', '1')],
    [
      'too large an environment',
      'InvalidParameterValue.EnvironmentExceededLimit',
      variables('A', 'x'.repeat(4096)),
    ],
    [
      'a bad dead letter queue',
      'InvalidParameterValue.DeadLetterConfig',
      create({ DeadLetterConfig: { Type: 'ROCKET', Name: 'q' } }),
    ],
    ['layers', 'UnsupportedOperation', create({ Layers: [{ LayerName: 'l', LayerVersion: 1 }] })],
    [
      'a file system',
      'UnsupportedOperation',
      create({ CfsConfig: { CfsInsList: [{ CfsId: 'cfs-1', LocalMountDir: '/mnt' }] } }),
    ],
    ['a name that is taken', 'ResourceInUse.FunctionName', create({ FunctionName: 'echo' })],
    ['a number for a text', 'InvalidParameter', create({ Description: 5 })],
  ])('%s with %s', async (_what, code, request) => {
    expect(await errorOf(client.CreateFunction(request))).toMatchObject({ code });
  });

  test('a missing name with MissingParameter', async () => {
    const { FunctionName: _, ...rest } = create({});
    const error = await errorOf(client.CreateFunction(rest as never));
    expect(error).toMatchObject({
      code: 'MissingParameter',
      message: expect.stringContaining('FunctionName'),
    });
  });
});

test('a file that is larger than its zip says is not unpacked further', async () => {
  const bomb = rawZip([{ name: 'index.js', content: Buffer.alloc(50_000_000), saysBytes: 10 }]);
  await client.CreateFunction({ ...package_(bomb), FunctionName: 'bomb' });
  const made = await whenSettled(client, { FunctionName: 'bomb' });
  expect(made).toMatchObject({ Status: 'CreateFailed', CodeSize: 0 });
  expect(made.StatusReasons?.[0]?.ErrorMessage).toContain('zip file');
});

test('a package of more than the API’s usual 10 MB is taken', async () => {
  const noise = Buffer.from(
    Array.from({ length: 12 * 1024 * 1024 }, (_, index) => (index * 2_654_435_761) >>> 24),
  );
  const made = await createFunction(client, { FunctionName: 'large', code: { 'index.js': ECHO, noise } });
  expect(made).toMatchObject({ Status: 'Active', CodeSize: noise.length + ECHO.length });
});

describe('a call', () => {
  test.each([
    [
      'of 6 MB and more',
      'InvalidParameter.Payload',
      { ClientContext: JSON.stringify('x'.repeat(6 * 1024 * 1024)) },
    ],
    [
      'of 128 KB and more that is asynchronous',
      'InvalidParameter.Payload',
      { InvocationType: 'Event', ClientContext: JSON.stringify('x'.repeat(128 * 1024)) },
    ],
    ['whose event is not JSON', 'InvalidParameterValue.Param', { ClientContext: '{' }],
    ['of an unknown kind', 'InvalidParameterValue.InvokeType', { InvocationType: 'Later' }],
    ['of an unknown version', 'ResourceNotFound.Qualifier', { Qualifier: '7' }],
    ['with a routing key that is none', 'InvalidParameterValue', { RoutingKey: '{"a":1}' }],
  ])('%s is refused with %s', async (_what, code, request) => {
    expect(await errorOf(client.Invoke({ FunctionName: 'echo', ...request }))).toMatchObject({ code });
  });
});

test('an update of the code is held to 20 MB', async () => {
  const ZipFile = 'A'.repeat(28 * 1024 * 1024);
  expect(await errorOf(client.UpdateFunctionCode({ FunctionName: 'echo', ZipFile }))).toMatchObject({
    code: 'InvalidParameterValue.ZipFile',
  });
  const { Status } = await client.GetFunction({ FunctionName: 'echo' });
  expect(Status).toBe('Active');
  await client.UpdateFunctionCode({ FunctionName: 'echo', ZipFile: await zip({ 'index.js': ECHO }) });
  expect(await whenSettled(client, { FunctionName: 'echo' })).toMatchObject({ Status: 'Active' });
});
