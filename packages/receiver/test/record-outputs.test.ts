import { expect, test } from 'vitest';
import {
  createReceiver,
  recordOutputs,
  type OutputStore,
  type ReceiveResult,
  type TranscodeOutput,
} from '../src/index.ts';
import {
  coverResult,
  FILE_ID,
  procedureStateChanged,
  TASK_ID,
  transcodeFailure,
  transcodeSuccess,
} from './support/samples.ts';

interface Outcome {
  readonly result: ReceiveResult;
  readonly lines: readonly string[];
  readonly outputs: readonly TranscodeOutput[];
}

async function notify(message: object, error?: Error): Promise<Outcome> {
  const lines: string[] = [];
  const outputs: TranscodeOutput[] = [];
  const store: OutputStore = {
    async record(more) {
      if (error !== undefined) throw error;
      outputs.push(...more);
    },
  };
  const receiver = createReceiver({
    on: { ProcedureStateChanged: recordOutputs(store) },
    log: (line) => lines.push(line),
  });
  const result = await receiver.handle(JSON.stringify(message));
  return { result, lines, outputs };
}

const url = (definition: number): string =>
  `http://1256768367.vod2.myqcloud.com/8f5d6c6cvodtranscq1256768367/${FILE_ID}/v.f${definition}.mp4`;

test('A finished task gives one line per transcode result and records the outputs', async () => {
  const { result, lines, outputs } = await notify(
    procedureStateChanged([
      transcodeSuccess(100010),
      coverResult,
      transcodeSuccess(100020),
      transcodeFailure(100030),
    ]),
  );
  expect(result).toMatchObject({ status: 200, body: '' });
  expect(lines).toEqual([
    `ProcedureStateChanged FileId=${FILE_ID} TaskId=${TASK_ID} Status=FINISH Transcodes=3`,
    `Transcode FileId=${FILE_ID} Definition=100010 Status=SUCCESS Url=${url(100010)}`,
    `Transcode FileId=${FILE_ID} Definition=100020 Status=SUCCESS Url=${url(100020)}`,
    `Transcode FileId=${FILE_ID} Definition=100030 Status=FAIL ErrCode=60000 ErrCodeExt=SourceFileError.NoVideoMedia Message="the source has no video"`,
    `Recorded FileId=${FILE_ID} TaskId=${TASK_ID} Outputs=2`,
  ]);
  expect(outputs.map((output) => output.definition)).toEqual([100010, 100020]);
  expect(outputs[0]).toEqual({
    fileId: FILE_ID,
    taskId: TASK_ID,
    definition: 100010,
    url: url(100010),
    sizeBytes: 4189073,
    md5: 'eff7031ad7877865f9a3240e9ab165ad',
    width: 960,
    height: 540,
    bitrateBps: 552218,
    durationSec: 60.047,
  });
});

test('A snapshot of a running task is logged and not recorded', async () => {
  const { result, lines, outputs } = await notify(
    procedureStateChanged([transcodeSuccess(100010)], { Status: 'PROCESSING' }),
  );
  expect(result.status).toBe(200);
  expect(lines).toEqual([
    `ProcedureStateChanged FileId=${FILE_ID} TaskId=${TASK_ID} Status=PROCESSING Transcodes=1`,
  ]);
  expect(outputs).toEqual([]);
});

test('A task that failed as a whole has its error in the log', async () => {
  const { result, lines } = await notify(
    procedureStateChanged(null, { ErrCode: 70000, Message: 'internal error' }),
  );
  expect(result.status).toBe(200);
  expect(lines).toEqual([
    `ProcedureStateChanged FileId=${FILE_ID} TaskId=${TASK_ID} Status=FINISH Transcodes=0 ErrCode=70000 Message="internal error"`,
  ]);
});

test('A success without a URL is reported and not recorded', async () => {
  const broken = {
    Type: 'Transcode',
    TranscodeTask: { Status: 'SUCCESS', ErrCode: 0, Input: { Definition: 100010 }, Output: { Url: '' } },
  };
  const { lines, outputs } = await notify(procedureStateChanged([broken]));
  expect(lines.at(-1)).toContain('Message="the result carries no Url"');
  expect(outputs).toEqual([]);
});

test('The definition is read from the input, because real outputs have carried 0', async () => {
  const odd = {
    Type: 'Transcode',
    TranscodeTask: {
      Status: 'SUCCESS',
      Input: { Definition: 100010 },
      Output: { Url: 'http://x/v.mp4', Definition: 0 },
    },
  };
  const { outputs } = await notify(procedureStateChanged([odd]));
  expect(outputs).toMatchObject([{ definition: 100010, sizeBytes: null, md5: null, durationSec: null }]);
});

test('A store that fails makes the answer 500 after the results are in the log', async () => {
  const { result, lines } = await notify(
    procedureStateChanged([transcodeSuccess(100010)]),
    new Error('no connection'),
  );
  expect(result).toMatchObject({ status: 500, body: 'Internal Error' });
  expect(lines[1]).toContain(`Url=${url(100010)}`);
  expect(lines[2]).toBe(`Record failed FileId=${FILE_ID} TaskId=${TASK_ID} Message="no connection"`);
});

test('Without a store the log is the record', async () => {
  const lines: string[] = [];
  const receiver = createReceiver({
    on: { ProcedureStateChanged: recordOutputs() },
    log: (line) => lines.push(line),
  });
  const result = await receiver.handle(JSON.stringify(procedureStateChanged([transcodeSuccess(100010)])));
  expect(result.status).toBe(200);
  expect(lines).toHaveLength(2);
});

test.each(['FileId', 'TaskId'])('A task event without %s is not understood', async (name) => {
  const { result } = await notify(procedureStateChanged([], { [name]: null }));
  expect(result).toMatchObject({ status: 400, reason: expect.stringContaining(name) });
});
