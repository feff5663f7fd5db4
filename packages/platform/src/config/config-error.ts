import { StartupError } from '../errors.ts';

/** One setting that cannot be used. */
export interface ConfigProblem {
  /** The environment variable's name. */
  name: string;
  expected: string;
  /** What was given; hidden for secrets. */
  got: string;
}

/** Every problem of the configuration at once. */
export class ConfigError extends StartupError {
  override readonly name: string = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ name, expected, got }) => `${name}: expected ${expected}, got ${got}.`).join('\n'));
    this.problems = problems;
  }
}
