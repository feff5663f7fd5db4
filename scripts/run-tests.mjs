// Runs every suite and counts over all of them. Arguments go to vitest, e.g. `npm test -- packages/gateway`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startExternalPostgres } from './external-postgres.mjs';

const reports = mkdtempSync(join(tmpdir(), 'vodstack-tests-'));
const given = process.argv.slice(2);
/** What talks to the database itself runs once more against a separate server over TCP with a password. */
const DATABASE_SUITES = ['packages/platform/test/database', 'packages/platform/test/jobs', 'tests/main-flow'];
/** Many stacks, each with a database of its own on that server: to start a server for each would take longer than the tests. */
const SHARED_SERVER_SUITES = ['tests/api', 'tests/playback', 'tests/storage'];
/** What mostly waits (for a database, for an answer): two files at once, also on two cores. */
const TWO_AT_ONCE = ['--file-parallelism', '--maxWorkers=2'];
const LIGHT_SUITES = [
  'tests/cli',
  'tests/deploy',
  'tests/events',
  'tests/functions',
  'tests/library',
  'tests/main-flow',
  'tests/receiver',
  'tests/redirect',
  'tests/start-up',
];
let passed = 0;
let failed = 0;

try {
  if (given.length > 0) {
    await runSuite('chosen tests', given);
  } else {
    await runSuite('packages', ['packages/', ...TWO_AT_ONCE]);
    await runSuite('whole stack', [...LIGHT_SUITES, ...TWO_AT_ONCE, '--no-isolate']);
    // Everything else, whatever it is: crashes, Chromium and full machines want the machine to themselves.
    await runSuite('whole stack, alone', [
      'tests/',
      ...[...SHARED_SERVER_SUITES, ...LIGHT_SUITES].map((folder) => `--exclude=${folder}/**`),
    ]);
    const postgres = await startExternalPostgres();
    try {
      console.log(`\nA separate PostgreSQL ${postgres.version} over TCP with a password`);
      const env = { VODSTACK_TEST_DATABASE_URL: postgres.url };
      const suites = [...DATABASE_SUITES, ...SHARED_SERVER_SUITES];
      await runSuite('separate database', [...suites, ...TWO_AT_ONCE, '--no-isolate'], env);
    } finally {
      await postgres.stop();
    }
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runSuite(name, filters, env = {}) {
  console.log(`\n── ${name}`);
  const began = performance.now();
  const report = join(reports, `${name.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  const counts = readCounts(report, code);
  passed += counts.passed;
  failed += counts.failed;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`── ${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
}

/** A file that cannot be loaded has no tests to fail, and a skipped test is a failure of its author: both count. */
function readCounts(report, code) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const broken = testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    const known = numFailedTests + numPendingTests + numTodoTests + broken.length;
    return { passed: numPassedTests, failed: code === 0 ? known : Math.max(1, known) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
