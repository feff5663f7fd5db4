const CUT_SURROGATE = /[\uD800-\uDBFF]$/;
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

/** One line of at most `max` characters: what others sent must neither break a log line in two nor flood it. */
export function clipText(text: string, max = 200): string {
  const line = text.slice(0, max * 2).replaceAll(CONTROL_CHARACTERS, ' ');
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(CUT_SURROGATE, '')}…`;
}

/**
 * `Title Name=value …`: one fact, one line. Absent values are left out, values with blanks are quoted.
 * A URL is kept whole up to 2000 characters (it is the result people look for), anything else is clipped at 200.
 */
export function logLine(
  title: string,
  fields: Readonly<Record<string, string | number | undefined>>,
): string {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${formatValue(value, name === 'Url' ? 2000 : 200)}`],
  );
  return [title, ...parts].join(' ');
}

function formatValue(value: string | number, max: number): string {
  const text = clipText(String(value), max);
  return text === '' || /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
