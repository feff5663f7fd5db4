import { z } from 'zod';
import { FunctionError } from '../function-error.ts';

/** A function URL's TriggerDesc. */
export interface HttpSettings {
  AuthType: 'NONE' | 'CAM';
  NetConfig: { EnableIntranet: boolean; EnableExtranet: boolean };
  CorsConfig: {
    Enable: boolean;
    Origins?: string[] | undefined;
    Methods?: string[] | undefined;
    Headers?: string[] | undefined;
    ExposeHeaders?: string[] | undefined;
    MaxAge?: number | undefined;
    Credentials?: boolean | undefined;
  };
}

const flag = z.union([z.boolean(), z.stringbool()]);

const httpSettings: z.ZodType<HttpSettings> = z.object({
  AuthType: z.enum(['NONE', 'CAM']).default('NONE'),
  NetConfig: z
    .object({ EnableIntranet: flag.default(false), EnableExtranet: flag.default(true) })
    .default({ EnableIntranet: false, EnableExtranet: true }),
  CorsConfig: z
    .object({
      Enable: flag.default(false),
      Origins: z.array(z.string()).optional(),
      Methods: z.array(z.string()).optional(),
      Headers: z.array(z.string()).optional(),
      ExposeHeaders: z.array(z.string()).optional(),
      MaxAge: z.coerce.number().int().min(0).optional(),
      Credentials: flag.optional(),
    })
    .default({ Enable: false }),
});

/** @throws FunctionError InvalidParameterValue.TriggerDesc; InvalidParameterValue.Cors for an empty list of an enabled CORS */
export function parseHttpSettings(text: string): HttpSettings {
  const settings = parse(
    httpSettings,
    text === '' ? '{}' : text,
    'AuthType NONE or CAM, NetConfig, CorsConfig',
  );
  const { CorsConfig: cors } = settings;
  if (!cors.Enable) return settings;
  for (const name of ['Origins', 'Methods', 'Headers', 'ExposeHeaders'] as const) {
    if (cors[name] === undefined || cors[name].length > 0) continue;
    throw new FunctionError('InvalidParameterValue.Cors', `CorsConfig.${name} must not be an empty list.`);
  }
  return settings;
}

const timerSettings = z.object({ cron: z.string() });

/** A timer's TriggerDesc: the expression itself, or `{"cron": "…"}`. @throws FunctionError InvalidParameterValue.TriggerDesc */
export function toCronExpression(text: string): string {
  if (!text.trimStart().startsWith('{')) return text.trim();
  return parse(timerSettings, text, '{"cron": "0 */5 * * * * *"}').cron.trim();
}

function parse<T>(schema: z.ZodType<T>, text: string, expected: string): T {
  const parsed = schema.safeParse(parseJson(text, expected));
  if (parsed.success) return parsed.data;
  throw new FunctionError(
    'InvalidParameterValue.TriggerDesc',
    `TriggerDesc must be JSON with ${expected}: ${z.prettifyError(parsed.error).slice(0, 300)}`,
  );
}

function parseJson(text: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FunctionError(
      'InvalidParameterValue.TriggerDesc',
      `TriggerDesc must be JSON with ${expected}, got ${JSON.stringify(text.slice(0, 60))}.`,
    );
  }
}
