// Runs every suite and counts over all of them. Arguments go to vitest, e.g. `npm test -- packages/gateway`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startExternalPostgres } from './external-postgres.mjs';

const reports = mkdtempSync(join(tmpdir(), 'vodstack-tests-'));
const given = process.argv.slice(2);
/** What talks to the database itself runs once more against a separate server over TCP with a password. */
const DATABASE_SUITES = [
  'packages/platform/test/database/database.test.ts',
  'packages/platform/test/jobs',
  'tests/main-flow/main-flow.test.ts',
];
/** Many stacks, each with a database of its own on that server: to start a server for each would take longer than the tests. */
const SHARED_SERVER_SUITES = ['tests/api', 'tests/playback', 'tests/storage'];
/** What waits a lot (for a database, for an answer): three files at once, also on two cores. */
const THREE_AT_ONCE = ['--file-parallelism', '--maxWorkers=3'];
/** What encodes. */
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
/** Of crashes, full disks and lost connections. */
const CRASH_SUITE = 'tests/crash';
/** So many files that fail are not chance. */
const MOST_FILES_AGAIN = 3;
/** Where a failure belongs to no test file. */
const NO_FILE = '';
let passed = 0;
let failed = 0;
/** What the reader of a long log wants at its end. */
const remarks = [];

try {
  if (given.length > 0) {
    await runSuite('chosen tests', given);
  } else {
    await runSuite('packages', ['packages/', ...TWO_AT_ONCE]);
    await runSuite('whole stack', [...LIGHT_SUITES, ...THREE_AT_ONCE, '--no-isolate']);
    await runSuite('crashes', [CRASH_SUITE, ...TWO_AT_ONCE]);
    // Everything else, whatever it is, one file after the other: Chromium wants the machine to itself.
    await runSuite('whole stack, alone', [
      'tests/',
      ...[...SHARED_SERVER_SUITES, ...LIGHT_SUITES, CRASH_SUITE].map((folder) => `--exclude=${folder}/**`),
    ]);
    const postgres = await startExternalPostgres();
    try {
      console.log(`\nA separate PostgreSQL ${postgres.version} over TCP with a password`);
      const env = { VODSTACK_TEST_DATABASE_URL: postgres.url };
      const suites = [...DATABASE_SUITES, ...SHARED_SERVER_SUITES];
      await runSuite('separate database', [...suites, ...THREE_AT_ONCE, '--no-isolate'], env);
    } finally {
      await postgres.stop();
    }
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
if (remarks.length > 0) console.log(`\n${remarks.join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/**
 * Tests that fail are run once more, their files alone: one that passes then is counted as passed and named as unsteady,
 * which is a fault of the test or of what it tests, to be looked for; one that fails twice has failed.
 */
async function runSuite(name, filters, env = {}) {
  console.log(`\n── ${name}`);
  const began = performance.now();
  const first = await runVitest(name, filters, env);
  const files = new Set(first.failures.map(({ file }) => file));
  const isChance =
    files.size > 0 && files.size <= MOST_FILES_AGAIN && !files.has(NO_FILE) && given.length === 0;
  const again = isChance
    ? await runVitest(`${name}, again`, [...files], env)
    : { passed: [], failures: first.failures };
  const failedTwice = new Set(again.failures.map(({ test }) => test));
  for (const { test, message } of first.failures) {
    remarks.push(
      `${failedTwice.has(test) ? 'FAILED' : 'UNSTEADY, passed when run again'}: ${test}\n${message}`,
    );
  }
  const kept = isChance ? first.passed.filter((file) => !files.has(file)) : first.passed;
  const counts = { passed: kept.length + again.passed.length, failed: again.failures.length };
  passed += counts.passed;
  failed += counts.failed;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`── ${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
}

/** Runs the test files that match: the file of each test that passed, and what did not pass. */
async function runVitest(name, filters, env) {
  const report = join(reports, `${name.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  const outcome = readReport(report);
  if (code !== 0 && outcome.failures.length === 0) {
    outcome.failures.push({ file: NO_FILE, test: name, message: `vitest ended with ${code}` });
  }
  return outcome;
}

/** A file that cannot be loaded has no tests to fail, and a skipped test is a failure of its author: both count. */
function readReport(report) {
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: testResults.flatMap(passedOf), failures: testResults.flatMap(failuresOf) };
  } catch (error) {
    return {
      passed: [],
      failures: [{ file: NO_FILE, test: report, message: `no report: ${error.message}` }],
    };
  }
}

function passedOf({ name, assertionResults }) {
  return assertionResults.filter((test) => test.status === 'passed').map(() => relative(process.cwd(), name));
}

function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failures = assertionResults
    .filter((test) => test.status !== 'passed')
    .map((test) => ({
      file,
      test: `${file} › ${test.fullName}`,
      message: test.failureMessages?.join('\n') || test.status,
    }));
  return failures.length === 0 && status === 'failed' ? [{ file, test: file, message }] : failures;
}
