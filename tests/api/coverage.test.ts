import { spawnSync } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actionNames } from '@vodstack/protocol';
import { actionCoverage } from '@vodstack/server';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const coverage = actionCoverage();
const offered = [...coverage.done, ...coverage.partial.map(({ name }) => name)];

/** All tests of the whole stack as one text: what calls an action there does so through an official client. */
async function readTests(): Promise<string> {
  const texts: string[] = [];
  for await (const path of glob('tests/**/*.{ts,cjs}', { cwd: ROOT })) {
    texts.push(await readFile(join(ROOT, path), 'utf8'));
  }
  return texts.join('\n');
}

/** Families of templates are driven through the client's methods by their noun: the same four of each. */
function findFamilyCalls(tests: string): string[] {
  return [...tests.matchAll(/\bnoun: '(\w+)'/g)].flatMap(([, noun = '']) => [
    `Create${noun}`,
    `Modify${noun}`,
    `Delete${noun}`,
    `Describe${noun}s`,
  ]);
}

describe('the coverage', () => {
  it('puts every action of the API into one list', () => {
    expect([...offered, ...coverage.missing].toSorted()).toEqual(actionNames.toSorted());
  });

  it('claims no action that no test calls through the official client', async () => {
    const tests = await readTests();
    const called = new Set(findFamilyCalls(tests));
    const isCalled = (name: string): boolean => called.has(name) || tests.includes(`.${name}(`);
    expect(offered.filter((name) => !isCalled(name))).toEqual([]);
  });

  it('stands on its page as the program tells it', () => {
    const script = join(ROOT, 'scripts/generate-coverage.ts');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('vodstack coverage', () => {
  it('tells it without a server, for programs', async () => {
    const { exitCode, stdout } = await runProgram(['coverage', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      done: coverage.done,
      partial: coverage.partial.map(({ name }) => name),
      missing: coverage.missing,
    });
  });

  it('tells it for people', async () => {
    const { exitCode, stdout } = await runProgram(['coverage']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`of ${actionNames.length} actions done`);
    for (const name of actionNames) expect(stdout).toContain(name);
  });
});
