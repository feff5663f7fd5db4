/** What the console's API says of a media: the parts that tests look at. */
export interface MediaView {
  readonly fileId: string;
  readonly name: string;
  readonly status: 'Processing' | 'Normal' | 'Failed';
  readonly failure: string | null;
  readonly mediaUrl: string;
  readonly tasks: readonly TaskView[];
  readonly events: readonly { type: string; state: string; payload: string }[];
  /** What the receiver recorded. */
  readonly records: readonly { definition: number; url: string; timesSeen: number }[];
}

export interface TaskView {
  readonly taskId: string;
  readonly status: string;
  readonly attempts: number;
  readonly plan: readonly {
    name: string;
    subtasks: number[];
    after: string[];
    inputs: string[];
    arguments: string[];
  }[];
  readonly parts: readonly { part: number; state: string; attempts: number; workerId: string | null }[];
  readonly subtasks: readonly {
    definition: number;
    status: string;
    progress: number;
    errCodeExt: string;
    message: string;
    output: { url: string; md5: string; sizeBytes: number; width: number; height: number } | null;
  }[];
}

/** A media as the console shows it; the console needs no session on the machine itself. */
export async function viewMedia(url: string, fileId: string): Promise<MediaView> {
  return (await getJson(`${url}/console/api/media/${fileId}`)) as MediaView;
}

/** The media list's line of a media. */
export async function viewListed(url: string, fileId: string): Promise<MediaView> {
  const page = (await getJson(`${url}/console/api/media?q=${fileId}`)) as { items: MediaView[] };
  const [item] = page.items;
  if (!item) throw new Error(`the media list does not show ${fileId}`);
  return item;
}

/** Everything that the receiver has logged, oldest first. */
export async function readReceiverLog(url: string): Promise<string> {
  const page = (await getJson(`${url}/console/api/functions/callback/logs?limit=200`)) as {
    items: { log: string | null }[];
  };
  return page.items
    .toReversed()
    .map(({ log }) => log ?? '')
    .join('\n');
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** A POST to the console's API, with the header that its own pages send. */
export async function postConsole(
  url: string,
  path: string,
  body: object = {},
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${url}/console/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-vodstack-console': '1' },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

/** What the console's API lists at a path that answers `{items}`. */
export async function listConsole(url: string, path: string): Promise<Record<string, unknown>[]> {
  return ((await getJson(`${url}/console/api${path}`)) as { items: Record<string, unknown>[] }).items;
}
