import { resolve } from 'node:path';
import { loadClientConfig, readRedirectPlace, redirectEnvironment } from '@vodstack/platform';
import { Command, Option } from 'commander';
import { formatExports, type Shell, SHELLS } from '../format-exports.ts';

interface EnvFlags {
  readonly data?: string;
  readonly shell: Shell;
  readonly json?: boolean;
  readonly proxy?: boolean;
}

export const envCommand: Command = new Command('env')
  .description('print the environment in which unmodified programs reach this server instead of the cloud')
  .option('--data <folder>', 'the server’s data folder (VODSTACK_DATA; default ./data)')
  .addOption(new Option('--shell <name>', 'whose words to print').choices(SHELLS).default('sh'))
  .option('--json', 'print one JSON object instead')
  .option('--proxy', 'name the proxy as well: for programs that are neither Node’s nor Python’s')
  .addHelpText('after', '\nUse it as:  eval "$(npx vodstack env)"')
  .action(printEnvironment);

async function printEnvironment(flags: EnvFlags): Promise<void> {
  const dataFolder = resolve(flags.data || process.env['VODSTACK_DATA'] || './data');
  const variables = redirectEnvironment({
    dataFolder,
    place: await readRedirectPlace(dataFolder),
    key: loadClientConfig(process.env, { dataFolder }),
    existing: process.env,
    isProxyUsed: flags.proxy === true,
  });
  console.log(
    flags.json === true ? JSON.stringify(variables, null, 2) : formatExports(variables, flags.shell),
  );
}
