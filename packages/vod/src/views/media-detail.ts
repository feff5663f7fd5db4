import type { MediaMetaData } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import { createConsoleUrlMaker, type UrlMaker } from '../playback/signed-url.ts';
import type { SubtaskWithOutput, TaskWithSubtasks } from '../tasks/task-repository.ts';
import type { PlannedRunView } from '../tasks/planned-run-view.ts';
import { findParts, type PartView } from '../tasks/chunks/part-view.ts';
import { findPlans } from '../tasks/task-plan-view.ts';
import { type EventView, findMediaEvents } from './event-view.ts';
import { type MediaPlayback, toPlayback } from './media-playback.ts';
import { findTasks, type MediaSummary, toSummary } from './media-view.ts';

export interface SubtaskView {
  readonly type: string;
  readonly definition: number;
  readonly status: string;
  readonly progress: number;
  readonly errCodeExt: string;
  readonly message: string;
  readonly beginAt: string | null;
  readonly finishAt: string | null;
  readonly output: {
    readonly url: string;
    readonly width: number;
    readonly height: number;
    readonly sizeBytes: number;
    readonly bitrateBps: number;
    readonly durationSec: number;
    readonly md5: string;
  } | null;
}

export interface TaskView {
  readonly taskId: string;
  readonly status: string;
  readonly createdAt: string;
  readonly beginAt: string | null;
  readonly finishAt: string | null;
  readonly sessionId: string;
  readonly attempts: number;
  readonly subtasks: readonly SubtaskView[];
  /** How its results are made; empty until the work begins. */
  readonly plan: readonly PlannedRunView[];
  /** Of a long source, and who is at them. */
  readonly parts: readonly PartView[];
}

/** A media with everything that happened to it. */
export interface MediaDetail extends MediaSummary {
  readonly md5: string;
  readonly metaData: MediaMetaData | null;
  readonly probeFailure: string | null;
  readonly playback: MediaPlayback;
  readonly tasks: readonly TaskView[];
  readonly events: readonly EventView[];
}

export async function describeMedia(
  context: VodContext,
  subAppId: number,
  fileId: string,
): Promise<MediaDetail | undefined> {
  const found = (await findMedia(context.db, subAppId, [fileId])).get(fileId);
  if (!found) return undefined;
  const [tasks, events, toUrl] = await Promise.all([
    findTasks(context, [fileId]),
    findMediaEvents(context, fileId),
    createConsoleUrlMaker(context, subAppId),
  ]);
  const ownTasks = tasks.get(fileId) ?? [];
  const taskIds = ownTasks.map(({ task }) => task.task_id);
  const plans = await findPlans(context.db, taskIds);
  const parts = await findParts(context.db, taskIds);
  return {
    ...toSummary(found, ownTasks, toUrl),
    md5: findSource(found)?.md5 ?? '',
    metaData: found.media.meta_data,
    probeFailure: found.media.probe_failure,
    playback: toPlayback(found, toUrl),
    tasks: ownTasks.map((task) => ({
      ...toTaskView(task, toUrl),
      plan: plans.get(task.task.task_id) ?? [],
      parts: parts.get(task.task.task_id) ?? [],
    })),
    events,
  };
}

function toTaskView({ task, subtasks }: TaskWithSubtasks, toUrl: UrlMaker): Omit<TaskView, 'plan' | 'parts'> {
  return {
    taskId: task.task_id,
    status: task.status,
    createdAt: task.created_at.toISOString(),
    beginAt: toIso(task.begin_at),
    finishAt: toIso(task.finish_at),
    sessionId: task.session_id,
    attempts: task.attempt,
    subtasks: subtasks.map((subtask) => toSubtaskView(subtask, toUrl)),
  };
}

function toSubtaskView(subtask: SubtaskWithOutput, toUrl: UrlMaker): SubtaskView {
  const { artifact } = subtask;
  const output = artifact && {
    url: toUrl(artifact),
    width: artifact.meta_data?.Width ?? artifact.details?.width ?? 0,
    height: artifact.meta_data?.Height ?? artifact.details?.height ?? 0,
    sizeBytes: artifact.details?.sizeBytes ?? artifact.size_bytes,
    bitrateBps: artifact.meta_data?.Bitrate ?? 0,
    durationSec: artifact.meta_data?.Duration ?? 0,
    md5: artifact.md5,
  };
  return {
    type: subtask.kind,
    definition: subtask.definition,
    status: subtask.status,
    progress: subtask.progress,
    errCodeExt: subtask.err_code_ext,
    message: subtask.message,
    beginAt: toIso(subtask.begin_at),
    finishAt: toIso(subtask.finish_at),
    output,
  };
}

function toIso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
