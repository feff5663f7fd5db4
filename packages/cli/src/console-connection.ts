import { type ClientConfig, StartupError } from '@vodstack/platform';
import { explainConnection } from './failure.ts';

const TIMEOUT_MS = 10_000;

/** The console's API, signed in. */
export interface ConsoleConnection {
  get(path: string): Promise<unknown>;
  /** @throws StartupError with the server's own message when it refuses */
  post(path: string, body: object): Promise<unknown>;
}

/** Signs in to the console's API, for what the cloud's API does not offer. */
export async function openConsole({
  endpoint,
  secretId,
  secretKey,
}: ClientConfig): Promise<ConsoleConnection> {
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(`${endpoint}/console/api${path}`, {
        ...init,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw explainConnection(error, endpoint);
    }
  };
  const post = async (path: string, body: object, cookie = ''): Promise<Response> =>
    await request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-vodstack-console': '1', cookie },
      body: JSON.stringify(body),
    });
  const session = await post('/session', { secretId, secretKey });
  if (!session.ok) throw new StartupError(`${endpoint} does not know this SecretId and SecretKey.`);
  const cookie = session.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return {
    get: async (path) => await readAnswer(await request(path, { headers: { cookie } })),
    post: async (path, body) => await readAnswer(await post(path, body, cookie)),
  };
}

async function readAnswer(response: Response): Promise<unknown> {
  if (response.ok) return await response.json();
  const text = await response.text();
  throw new StartupError(
    readMessage(text) ?? `The server answered ${response.status}: ${text.slice(0, 200)}`,
  );
}

function readMessage(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
