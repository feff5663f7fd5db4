import { ConfigError, StartupError, systemErrorCode } from '@vodstack/platform';
import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { clockCommand } from './commands/clock.ts';
import { coverageCommand } from './commands/coverage.ts';
import { deployCommand } from './commands/deploy.ts';
import { devCommand } from './commands/dev.ts';
import { infoCommand } from './commands/info.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { doctorCommand } from './commands/doctor.ts';
import { endpointsCommand } from './commands/endpoints.ts';
import { eventsCommand } from './commands/events.ts';
import { faultsCommand } from './commands/faults.ts';
import { inboxCommand } from './commands/inbox.ts';
import { keysCommand } from './commands/keys.ts';
import { envCommand } from './commands/env.ts';
import { listenCommand } from './commands/listen.ts';
import { logsCommand } from './commands/logs.ts';
import { undeployCommand } from './commands/undeploy.ts';
import { outputsCommand } from './commands/outputs.ts';
import { receiveCommand } from './commands/receive.ts';
import { replayCommand } from './commands/replay.ts';
import { triggerCommand } from './commands/trigger.ts';
import { upCommand } from './commands/up.ts';
import { uploadCommand } from './commands/upload.ts';
import { workerCommand } from './commands/worker.ts';
import { workersCommand } from './commands/workers.ts';
import { describeFailure } from './failure.ts';

const program = new Command('vodstack')
  .description('Video on demand that you run yourself, speaking Tencent Cloud VOD’s own protocol')
  .version(manifest.version)
  .showHelpAfterError('(--help shows what there is)');
const commands = [
  upCommand,
  uploadCommand,
  logsCommand,
  eventsCommand,
  triggerCommand,
  replayCommand,
  listenCommand,
  endpointsCommand,
  deadLettersCommand,
  faultsCommand,
  clockCommand,
  receiveCommand,
  inboxCommand,
  outputsCommand,
  workerCommand,
  workersCommand,
  keysCommand,
  doctorCommand,
  coverageCommand,
  envCommand,
  deployCommand,
  infoCommand,
  undeployCommand,
  devCommand,
];
for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program));
}

// `vodstack logs | head` closes our output: nobody is left to speak to.
process.stdout.on('error', (error) => {
  if (systemErrorCode(error) !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  const isExpected = error instanceof StartupError || error instanceof ConfigError;
  console.error(isExpected ? error.message : describeFailure(error));
  process.exitCode = 1;
}
