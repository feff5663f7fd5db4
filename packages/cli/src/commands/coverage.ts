import { Command } from 'commander';

/** Needs no server: it tells what this program can do. */
export const coverageCommand: Command = new Command('coverage')
  .description('show which actions of the API are there')
  .option('--json', 'print one JSON object')
  .action(coverage);

async function coverage(flags: { readonly json?: boolean }): Promise<void> {
  const { actionCoverage } = await import('@vodstack/server');
  const { done, partial, missing } = actionCoverage();
  if (flags.json) {
    console.log(JSON.stringify({ done, partial: partial.map(({ name }) => name), missing }));
    return;
  }
  const total = done.length + partial.length + missing.length;
  console.log(
    `${done.length} of ${total} actions done, ${partial.length} in part, ${missing.length} not yet`,
  );
  for (const name of done) console.log(`done     ${name}`);
  for (const { name, unsupported } of partial)
    console.log(`in part  ${name}  without ${unsupported.join(', ')}`);
  for (const name of missing) console.log(`not yet  ${name}`);
}
