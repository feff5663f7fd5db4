import { ConfigError, StartupError } from '@vodstack/platform';
import { VERSION } from '@vodstack/server';
import { Command } from 'commander';
import { logsCommand } from './commands/logs.ts';
import { upCommand } from './commands/up.ts';
import { uploadCommand } from './commands/upload.ts';
import { describeFailure } from './failure.ts';

const program = new Command('vodstack')
  .description('Video on demand that you run yourself, speaking Tencent Cloud VOD’s own protocol')
  .version(VERSION)
  .showHelpAfterError()
  .addCommand(upCommand)
  .addCommand(uploadCommand)
  .addCommand(logsCommand);

try {
  await program.parseAsync();
} catch (error) {
  const isExpected = error instanceof StartupError || error instanceof ConfigError;
  console.error(isExpected ? error.message : describeFailure(error));
  process.exitCode = 1;
}
