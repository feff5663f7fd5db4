import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

interface Report {
  isUsable: boolean;
  checks: { name: string; state: string; text: string }[];
}

async function doctor(env: Record<string, string>): Promise<{ exitCode: number | null; report: Report }> {
  const { exitCode, stdout } = await runProgram(['doctor', '--json'], {
    env: { VODSTACK_PORT: '0', ...env },
  });
  return { exitCode, report: JSON.parse(stdout) as Report };
}

describe('vodstack doctor', () => {
  it('finds all that a server needs on this machine', async () => {
    const { exitCode, report } = await doctor({});
    expect(report.checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(report.checks.map(({ name }) => name)).toEqual([
      'node',
      'ffmpeg',
      'database',
      'sandbox',
      'python',
      'port',
      'disk',
    ]);
    expect(exitCode).toBe(0);
    expect(report.isUsable).toBe(true);
  });

  it('says what is wrong and what to do, and ends with 1', async () => {
    const env = {
      FFMPEG_PATH: '/nowhere/ffmpeg',
      VODSTACK_DATABASE_URL: 'postgres://a:secret@127.0.0.1:1/b',
    };
    const { exitCode, report } = await doctor(env);
    const failed = report.checks.filter(({ state }) => state === 'failed');
    expect(failed.map(({ name }) => name)).toEqual(['ffmpeg', 'database']);
    expect(failed[0]?.text).toContain('FFMPEG_PATH');
    expect(failed[1]?.text).toContain('check VODSTACK_DATABASE_URL');
    expect(JSON.stringify(report)).not.toContain('secret');
    expect(exitCode).toBe(1);
  });
});
