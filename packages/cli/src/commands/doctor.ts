import { loadConfig } from '@vodstack/platform';
import type { Check } from '@vodstack/server';
import { Command } from 'commander';

/** Needs no server: it looks at the machine that one would run on. */
export const doctorCommand: Command = new Command('doctor')
  .description('check whether this machine has what a server needs')
  .option('-d, --data <folder>', 'data folder (VODSTACK_DATA, ./data)')
  .option('--json', 'print one JSON object')
  .action(doctor);

const SIGNS: Readonly<Record<Check['state'], string>> = { ok: 'ok  ', warning: 'warn', failed: 'FAIL' };

async function doctor(flags: { readonly data?: string; readonly json?: boolean }): Promise<void> {
  // The server's modules take longer to load than most commands take.
  const { runChecks } = await import('@vodstack/server');
  const checks = await runChecks(loadConfig({ env: process.env, options: { dataFolder: flags.data } }));
  const isUsable = checks.every(({ state }) => state !== 'failed');
  if (flags.json) console.log(JSON.stringify({ isUsable, checks }));
  else for (const { state, name, text } of checks) console.log(`${SIGNS[state]}  ${name.padEnd(9)}  ${text}`);
  if (!isUsable) process.exitCode = 1;
}
