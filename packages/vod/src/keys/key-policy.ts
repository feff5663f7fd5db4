import { ApiError } from '@vodstack/protocol';
import { z } from 'zod';

// Access policies of the cloud (CAM): https://cloud.tencent.com/document/product/598/10603. Understood is what limits a key to
// applications; whatever else a policy asks for is refused, as a key that can do more than its policy says would be worse.

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string()).min(1)]);

const statementSchema = z.strictObject({
  effect: z.string(),
  action: oneOrMore,
  resource: oneOrMore.optional().default(['*']),
});

const policySchema = z.strictObject({
  version: z.literal('2.0'),
  statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema).min(1)]),
});

const ALL_ACTIONS: ReadonlySet<string> = new Set(['*', 'vod:*', 'name/vod:*']);
const RESOURCE = /^qcs:[^:]*:vod:[^:]*:[^:]*:(?:\*|subAppId\/(\d{1,15}|\*))$/i;

/**
 * The applications that a policy opens; undefined: all.
 * @param text the JSON document, URL-encoded or not
 * @throws ApiError InvalidParameter.StrategyFormatError, InvalidParameter.StrategyInvalid
 */
export function parseKeyPolicy(text: string): readonly number[] | undefined {
  const parsed = policySchema.safeParse(toLowerKeys(parseJson(decode(text))));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      `\`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}. Understood are version "2.0" and statements of effect, action and resource`,
    );
  }
  const opened = parsed.data.statement.flatMap((statement) => readStatement(statement));
  return opened.includes('all') ? undefined : [...new Set(opened.filter((id) => id !== 'all'))];
}

function readStatement(statement: z.infer<typeof statementSchema>): ('all' | number)[] {
  if (statement.effect !== 'allow') {
    throw invalid(`the effect "allow" is understood, got ${JSON.stringify(statement.effect.slice(0, 40))}`);
  }
  const action = statement.action.find((name) => !ALL_ACTIONS.has(name));
  if (action !== undefined) {
    throw invalid(
      `keys are limited to applications, not to actions: expected the action "name/vod:*", got ${JSON.stringify(action.slice(0, 60))}`,
    );
  }
  return statement.resource.map(readResource);
}

function readResource(resource: string): 'all' | number {
  if (resource === '*') return 'all';
  const match = RESOURCE.exec(resource);
  if (match) return match[1] === undefined || match[1] === '*' ? 'all' : Number(match[1]);
  throw invalid(
    `expected a resource such as "qcs::vod::uin/100:subAppId/1500000001" or "*", got ${JSON.stringify(resource.slice(0, 100))}`,
  );
}

function invalid(reason: string): ApiError {
  return new ApiError(
    'InvalidParameter.StrategyInvalid',
    `The parameter \`Policy\` is not accepted: ${reason}.`,
  );
}

function decode(text: string): string {
  try {
    return text.trimStart().startsWith('{') ? text : decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(
      'InvalidParameter.StrategyFormatError',
      'The parameter `Policy` must be a JSON document, URL-encoded.',
    );
  }
}

/** Members are written in either case: `Statement` and `statement`. */
function toLowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toLowerKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name.toLowerCase(), toLowerKeys(child)]),
  );
}
