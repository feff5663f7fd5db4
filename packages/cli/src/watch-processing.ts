import { setTimeout as delay } from 'node:timers/promises';
import type { models } from '@vodstack/protocol';
import type { VodClient } from './connection.ts';
import type { Printer } from './printer.ts';
import { formatDuration } from './format.ts';
import { createProgressBar } from './progress-bar.ts';

export interface WatchOptions {
  readonly fileId: string;
  readonly printer: Printer;
  readonly isJson: boolean;
  /** How long the task may take. */
  readonly timeoutSec: number;
}

const POLL_MS = 300;
/** The receiver starts the task within a second or two of the notification, or never. */
const TASK_DEADLINE_MS = 60_000;

/**
 * Follows a media from its upload to the URLs of its renditions, printing each step.
 * @throws Error when no task is started, when it takes too long, or when a rendition fails
 */
export async function watchProcessing(client: VodClient, options: WatchOptions): Promise<void> {
  const { fileId, printer } = options;
  const startedAt = performance.now();
  const taskId = await waitForTask(client, fileId);
  printer.event(`Processing TaskId ${taskId}`, { Event: 'TaskStarted', FileId: fileId, TaskId: taskId });
  const task = await waitForEnd(client, taskId, options);
  const results = (task.MediaProcessResultSet ?? []).flatMap((result) => result.TranscodeTask ?? []);
  const outputs = results.flatMap((result) => printResult(result, printer));
  const took = formatDuration(performance.now() - startedAt);
  const summary = `Done       ${outputs.length} of ${results.length} renditions in ${took}`;
  printer.event(summary, { FileId: fileId, TaskId: taskId, Outputs: outputs });
  const failed = results.length - outputs.length;
  if (failed > 0) throw new Error(`${failed} of ${results.length} renditions failed.`);
}

async function waitForTask(client: VodClient, fileId: string): Promise<string> {
  const deadline = performance.now() + TASK_DEADLINE_MS;
  while (performance.now() < deadline) {
    const { TaskSet } = await client.DescribeTasks({ FileId: fileId, Limit: 1 });
    const taskId = TaskSet?.[0]?.TaskId;
    if (taskId) return taskId;
    await delay(POLL_MS);
  }
  throw new Error(
    `No task was started for ${fileId} within ${TASK_DEADLINE_MS / 1000} s: check the callback URL (console, Events) and the receiver's log ("vodstack logs").`,
  );
}

async function waitForEnd(
  client: VodClient,
  taskId: string,
  options: WatchOptions,
): Promise<models.ProcedureTask> {
  const deadline = performance.now() + options.timeoutSec * 1000;
  const bar = createProgressBar(options.isJson ? null : 'Processing');
  try {
    for (;;) {
      const detail = await client.DescribeTaskDetail({ TaskId: taskId });
      if (detail.Status === 'FINISH' && detail.ProcedureTask) return detail.ProcedureTask;
      if (performance.now() > deadline)
        throw new Error(
          `Task ${taskId} has not finished within ${options.timeoutSec} s; it goes on without this command.`,
        );
      bar.update(averageProgress(detail.ProcedureTask), 100);
      await delay(POLL_MS);
    }
  } finally {
    bar.stop();
  }
}

function averageProgress(task: models.ProcedureTask | undefined): number {
  const all = (task?.MediaProcessResultSet ?? []).map(({ TranscodeTask }) => TranscodeTask?.Progress ?? 0);
  return all.length === 0 ? 0 : all.reduce((sum, progress) => sum + progress, 0) / all.length;
}

/** One line for a rendition; its URL when there is one. */
function printResult(
  result: models.MediaProcessTaskTranscodeResult,
  printer: Printer,
): { Definition: number; Url: string }[] {
  const definition = result.Input?.Definition ?? result.Output?.Definition ?? 0;
  if (result.Status === 'SUCCESS' && result.Output?.Url) {
    const { Url, Width, Height } = result.Output;
    printer.event(`Finished   ${definition}  ${Width}×${Height}\n           ${Url}`, {
      Event: 'Finished',
      Definition: definition,
      Url,
    });
    return [{ Definition: definition, Url }];
  }
  const { ErrCodeExt, Message } = result;
  printer.event(`Failed     ${definition}  ${ErrCodeExt ?? ''}: ${Message ?? ''}`, {
    Event: 'Failed',
    Definition: definition,
    ErrCodeExt,
    Message,
  });
  return [];
}
