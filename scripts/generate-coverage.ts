// Guards that docs/reference/coverage.md is what the program itself says it can do (`--check` fails when it is stale).
// Usage: node scripts/generate-coverage.ts [--check]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ActionCoverage, actionCoverage } from '@vodstack/server';

const page = join(import.meta.dirname, '..', 'docs', 'reference', 'coverage.md');

function toPage({ done, partial, missing }: ActionCoverage): string {
  const total = done.length + partial.length + missing.length;
  return `# Coverage of the API

<!-- Written by scripts/generate-coverage.ts from the actions' own declarations: change those, then run it. -->

Version 2018-07-17 has ${total} actions: **${done.length} done**, **${partial.length} in part**, **${missing.length} not yet**. The same, of the
program that you have: \`vodstack coverage\`, or the console's page Coverage.

## Done

${toList(done)}

## In part

The fields named here are not acted upon: one that asks for work is refused with UnsupportedOperation and its name, a harmless one is
ignored.

${toList(partial.map(({ name, unsupported }) => `${name}: without ${unsupported.map((field) => `\`${field}\``).join(', ')}`))}

## Not yet

Known by name; they answer UnsupportedOperation.

${toList(missing)}
`;
}

function toList(lines: readonly string[]): string {
  return lines.length === 0 ? 'None.' : lines.map((line) => `- ${line}`).join('\n');
}

function readPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
}

const wanted = toPage(actionCoverage());
if (process.argv.includes('--check')) {
  if (readPage() !== wanted) {
    console.error('docs/reference/coverage.md is not up to date: run node scripts/generate-coverage.ts');
    process.exit(1);
  }
} else {
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, wanted);
}
