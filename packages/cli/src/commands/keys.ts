import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatTime } from '../format.ts';
import { createPrinter } from '../printer.ts';

const keySchema = z.object({
  secretId: z.string(),
  name: z.string(),
  subAppIds: z.array(z.number()).nullable(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  disabledAt: z.string().nullable(),
});
type Key = z.infer<typeof keySchema>;
const newKeySchema = keySchema.extend({ secretKey: z.string() });
const keyList = z.array(keySchema);

interface CreateFlags extends ConnectionFlags {
  readonly name: string;
  readonly sub?: readonly number[];
}

export const keysCommand: Command = new Command('keys').description('make, list and disable API keys');

keysCommand.addCommand(
  addConnectionOptions(
    new Command('create')
      .description('make a key; its secret is shown this once')
      .option('--name <name>', 'what it is for', '')
      .option('--sub <application...>', 'open only these applications', collectIds),
  ).action(create),
);
keysCommand.addCommand(
  addConnectionOptions(new Command('list').description('show every key, without secrets')).action(list),
);
keysCommand.addCommand(
  addConnectionOptions(
    new Command('disable').description('end a key, and the temporary ones from it').argument('<SecretId>'),
  ).action(disable),
);

function collectIds(text: string, ids: readonly number[] = []): number[] {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return [...ids, Number(text)];
}

async function create(flags: CreateFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const body = { name: flags.name, subAppIds: flags.sub ?? [] };
  const key = newKeySchema.parse(await console.post('/keys', body));
  const text = [
    `SecretId   ${key.secretId}`,
    `SecretKey  ${key.secretKey}`,
    `Opens      ${describeApplications(key)}`,
    'The SecretKey is not shown again.',
  ];
  createPrinter(flags.json === true).event(text.join('\n'), key);
}

async function list(flags: ConnectionFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  for (const key of keyList.parse(await console.get('/keys'))) printer.event(describeKey(key), key);
}

async function disable(secretId: string, flags: ConnectionFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const key = keySchema.parse(await console.post(`/keys/${encodeURIComponent(secretId)}/disable`, {}));
  createPrinter(flags.json === true).event(`Disabled   ${key.secretId}`, key);
}

function describeApplications({ subAppIds }: Key): string {
  return subAppIds === null ? 'all applications' : `applications ${subAppIds.join(', ')}`;
}

function describeKey(key: Key): string {
  const state = key.disabledAt === null ? describeUse(key) : `disabled ${formatTime(key.disabledAt)}`;
  return [key.secretId, key.name || '–', describeApplications(key), state].join('  ');
}

function describeUse({ lastUsedAt }: Key): string {
  return lastUsedAt === null ? 'never used' : `used ${formatTime(lastUsedAt)}`;
}
