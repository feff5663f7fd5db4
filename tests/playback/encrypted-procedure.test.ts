import { createPlayerSignature } from '@vodstack/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { eventually } from '../support/eventually.ts';
import { playToEnd } from '../support/hls.ts';
import { findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let fileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  await stack.client.ModifyEventConfig({ Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' });
  ({ FileId: fileId } = await uploadFile(stack, clip.path, {
    Procedure: 'SimpleAesEncryptPreset',
    SessionContext: 'from the upload',
  }));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

interface Flow {
  readonly TaskId: string;
  readonly SessionContext: string;
  readonly MediaProcessResultSet: readonly { Type: string; [member: string]: unknown }[];
}

async function findFlow(): Promise<{ uploadTaskId: string; flow: Flow }> {
  return await eventually('the flow is over', async () => {
    const events = await findEvents(stack, fileId);
    const payloads = events.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    const upload = payloads.find(({ EventType }) => EventType === 'NewFileUpload');
    const flow = payloads.find(({ EventType }) => EventType === 'ProcedureStateChanged');
    if (!upload || !flow) return undefined;
    const { ProcedureTaskId } = upload['FileUploadEvent'] as { ProcedureTaskId: string };
    return { uploadTaskId: ProcedureTaskId, flow: flow['ProcedureStateChangeEvent'] as Flow };
  });
}

it('an upload runs its procedure, says so, and its stream plays with the token and only with it', async () => {
  const { uploadTaskId, flow } = await findFlow();
  expect(flow.TaskId).toBe(uploadTaskId);
  expect(flow.SessionContext).toBe('from the upload');
  expect(flow.MediaProcessResultSet.map(({ Type }) => Type).toSorted()).toEqual([
    'AdaptiveDynamicStreaming',
    'CoverBySnapshot',
    'ImageSprites',
  ]);
  const statuses = flow.MediaProcessResultSet.flatMap(({ Type: _type, ...results }) =>
    Object.values(results).map((result) => (result as { Status: string }).Status),
  );
  expect(statuses).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  const { url, drmToken } = await askPlayInfo();
  const withToken = url.replace(/([^/]+)$/, `voddrm.token.${drmToken}.$1`);
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
  expect(await playToEnd(withToken)).toBeCloseTo(MediaInfoSet?.[0]?.MetaData?.VideoDuration ?? 0, 0);
  expect((await fetch(await findKeyUrl(url))).status).toBe(403);
});

/** Where a player of the plain playlist looks for the key. */
async function findKeyUrl(master: string): Promise<string> {
  const variants = (await (await fetch(master)).text()).split('\n');
  const variant = new URL(variants.find((line) => line.endsWith('.m3u8')) ?? '', master);
  const [, uri = ''] = /URI="([^"]+)"/.exec(await (await fetch(variant)).text()) ?? [];
  expect(uri).toContain('/drm/getkey?');
  return new URL(uri, variant).href;
}

async function askPlayInfo(): Promise<{ url: string; drmToken: string }> {
  const { appId } = stack.server.credentials;
  const { PlayKey = '' } = await stack.client.DescribeDefaultDistributionConfig({});
  const psign = createPlayerSignature(
    {
      appId,
      fileId,
      contentInfo: {
        audioVideoType: 'ProtectedAdaptive',
        drmAdaptiveInfo: { privateEncryptionDefinition: 12 },
      },
      currentTimeStamp: Math.floor(Date.now() / 1000),
    },
    PlayKey,
  );
  const answer = await fetch(`${stack.url}/getplayinfo/v4/${appId}/${fileId}?psign=${psign}`);
  const { media } = (await answer.json()) as {
    media: { streamingInfo: { drmToken: string; drmOutput: { type: string; url: string }[] } };
  };
  const { drmToken, drmOutput } = media.streamingInfo;
  return { url: drmOutput[0]?.url ?? '', drmToken };
}
