import { StartupError } from '@vodstack/platform';

/** What `${…}` in a serverless.yml may name. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly top: Readonly<Record<string, unknown>>;
}

/**
 * Fills in `${env:NAME}` and `${name}`, `${stage}`, `${app}`, `${org}` in every text of a value. Deeper than any real file it stops.
 * @throws StartupError that names the variable that is not set
 */
export function fillVariables(value: unknown, variables: Variables, depth = 0): unknown {
  if (depth > 50) throw new StartupError('serverless.yml is nested more than 50 levels deep.');
  if (typeof value === 'string') return fillText(value, variables);
  if (Array.isArray(value)) return value.map((each) => fillVariables(each, variables, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, fillVariables(each, variables, depth + 1)]),
  );
}

function fillText(text: string, { env, top }: Variables): string {
  return text.replace(/\$\{(?<reference>[^${}]{1,200})\}/gu, (whole, reference: string) => {
    const name = reference.trim();
    const value = name.startsWith('env:') ? env[name.slice(4).trim()] : top[name];
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new StartupError(
      `serverless.yml uses ${whole}, which is not set: set it in the environment, in .env beside the file, or at the top of the file.`,
    );
  });
}

/** The lines `NAME=value` of a `.env` file, with or without quotes. */
export function parseEnvFile(text: string): Record<string, string> {
  const lines = text.matchAll(/^\s*(?:export\s+)?(?<name>[A-Za-z_]\w*)\s*=[ \t]*(?<value>.*)$/gmu);
  return Object.fromEntries(
    [...lines].map(({ groups }) => [
      groups?.['name'] ?? '',
      (groups?.['value'] ?? '').trim().replace(/^(?<quote>["'])(?<text>.*)\k<quote>$/u, '$<text>'),
    ]),
  );
}
