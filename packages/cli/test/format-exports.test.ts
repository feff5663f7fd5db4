import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { formatExports } from '../src/format-exports.ts';

const AWKWARD = String.raw`a 'b' "c" $HOME \ $(date) ` + '`id`';

describe('formatExports', () => {
  it('writes values that the shell hands on as they are', () => {
    const script = `${formatExports({ FIRST: AWKWARD, SECOND: 'x' }, 'sh')}\nprintenv FIRST SECOND`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(`${AWKWARD}\nx\n`);
  });

  it('writes the words of other shells', () => {
    const value = String.raw`it's \ here`;
    expect(formatExports({ NAME: value }, 'fish')).toBe(String.raw`set -gx NAME 'it\'s \\ here';`);
    expect(formatExports({ NAME: value }, 'powershell')).toBe(String.raw`$env:NAME = 'it''s \ here'`);
  });
});
