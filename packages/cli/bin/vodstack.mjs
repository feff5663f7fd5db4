#!/usr/bin/env node
// Plain JavaScript that any Node from 18 on can read: it hands over to a Node that runs TypeScript directly.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) {
  await import('../src/main.ts');
} else {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    console.error(`vodstack needs Node ${REQUIRED_MAJOR}: run "npm start" once, which installs it beside the project.`);
    process.exit(1);
  }
  // The terminal's Ctrl-C reaches the child by itself; this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const { status, signal } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(status ?? (signal ? 1 : 0));
}
