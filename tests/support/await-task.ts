import { type MediaView, type TaskView, viewMedia } from './console-api.ts';
import { eventually } from './eventually.ts';

/** Waits until the media's one task has finished, whatever came of it. */
export async function awaitFinishedTask(
  url: string,
  fileId: string,
  deadlineMs?: number,
): Promise<{ media: MediaView; task: TaskView }> {
  return await eventually(
    `the task of ${fileId} has finished`,
    async () => {
      const media = await viewMedia(url, fileId);
      const [task] = media.tasks;
      return task?.status === 'FINISH' && { media, task };
    },
    deadlineMs,
  );
}

/** Waits until the receiver has recorded both renditions. */
export async function awaitRecords(url: string, fileId: string, deadlineMs?: number): Promise<MediaView> {
  return await eventually(
    `both URLs of ${fileId} are recorded`,
    async () => {
      const media = await viewMedia(url, fileId);
      return media.records.length === 2 && media;
    },
    deadlineMs,
  );
}

/** Waits until ffmpeg is at work and has shown progress. */
export async function awaitProgress(url: string, fileId: string): Promise<TaskView> {
  return await eventually(`the transcode of ${fileId} makes progress`, async () => {
    const { tasks } = await viewMedia(url, fileId);
    const [task] = tasks;
    if (task?.status === 'FINISH') throw new Error('the transcode ended before it could be disturbed');
    return task?.subtasks.some(({ progress }) => progress > 0) && task;
  });
}
