import { setTimeout as delay } from 'node:timers/promises';

export interface ServiceTest {
  readonly isUp: boolean;
  /** What is wrong, in words; undefined when nothing is. */
  readonly problem: string | undefined;
}

const ATTEMPTS = 10;
const TIMEOUT_MS = 10_000;

/** As the guide's installer: an empty POST, up to ten times, until there is an answer. */
export async function testService(address: string, pauseMs = 2000): Promise<ServiceTest> {
  let problem = 'there was no answer';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await delay(pauseMs);
    try {
      const response = await fetch(address, {
        method: 'POST',
        body: '',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (text !== '' || response.ok) return { isUp: true, problem: explain(response.status, text) };
      problem = `the answer was HTTP ${response.status} without a body`;
    } catch (error) {
      const { cause, message } = error as Error;
      problem = cause instanceof Error ? cause.message : message;
    }
  }
  return { isUp: false, problem };
}

/** What a first deployment most often gets wrong, in plain words. */
function explain(status: number, text: string): string | undefined {
  if (text.includes('Invalid scf response'))
    return 'the function’s return value is no integrated response {isBase64Encoded, statusCode, headers, body}: return one, or set isIntegratedResponse to false';
  if (status === 433)
    return 'the function took longer than its timeout; the default of 3 seconds is short for a first call';
  if (status >= 430 && status <= 450) return `the function failed: ${text.slice(0, 300)}`;
  if (status === 404 || status >= 500) return `the answer was HTTP ${status}: ${text.slice(0, 200)}`;
  return undefined;
}
