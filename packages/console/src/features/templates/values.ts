import { isRecord } from '../../shared/api/decode.ts';

/** The members of a request, by name. */
export type Values = Readonly<Record<string, unknown>>;

/** @param path members with dots between them, as in the server's messages: `VideoTemplate.Fps` */
export function valueAt(values: Values, path: string): unknown {
  let at: unknown = values;
  for (const name of path.split('.')) at = isRecord(at) ? at[name] : undefined;
  return at;
}

export function withValueAt(values: Values, path: string, value: unknown): Values {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...values, [name]: value };
  const inner = values[name];
  return { ...values, [name]: withValueAt(isRecord(inner) ? inner : {}, rest.join('.'), value) };
}

/** The path that an error of the server is about: it stands between backquotes. */
export function pathOfError(message: string): string | undefined {
  return /`([\w.]+)`/.exec(message)?.[1];
}

/** A plain value as a form shows it; nothing for anything else. */
export function textAt(values: Values, path: string): string {
  const value = valueAt(values, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
