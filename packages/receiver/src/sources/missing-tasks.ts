import { eventMembers } from '@vodstack/protocol';
import { listField, objectField, textField } from '../parse/fields.ts';
import { taskKindNamed, type TaskKind } from '../vod/task-kinds.ts';
import { ask, toTimeRange, type Reconciliation, type TimeWindow } from './reconciliation.ts';

const PAGE = 100;

interface FinishedTask {
  readonly taskId: string;
  readonly kind: TaskKind;
}

/** Tasks that ended in the window, at most three days ago, and of whose end no event told. @returns how many were looked at */
export async function reconcileTasks(reconciliation: Reconciliation, window: TimeWindow): Promise<number> {
  let checked = 0;
  let token = '';
  do {
    const answer = await ask(reconciliation, 'DescribeTasks', {
      Status: 'FINISH',
      FinishTime: toTimeRange(window),
      Sort: { Field: 'FinishTime', Order: 'Asc' },
      Limit: PAGE,
      ...(token !== '' && { ScrollToken: token }),
    });
    const tasks = listField(answer, 'TaskSet').flatMap((task): FinishedTask[] => {
      const taskId = textField(task, 'TaskId');
      const kind = taskKindNamed(textField(task, 'TaskType') ?? '');
      return taskId === undefined || kind === undefined ? [] : [{ taskId, kind }];
    });
    checked += tasks.length;
    await reportMissing(reconciliation, tasks);
    token = textField(answer, 'ScrollToken') ?? '';
  } while (token !== '');
  return checked;
}

async function reportMissing(reconciliation: Reconciliation, tasks: readonly FinishedTask[]): Promise<void> {
  const names = tasks.map(({ taskId, kind }) => ({ eventType: kind.eventType, taskId }));
  const unknown = new Set(await reconciliation.watermarks.filterUnknownTasks(names));
  for (const { taskId, kind } of tasks.filter((task) => unknown.has(task.taskId))) {
    const detail = await ask(reconciliation, 'DescribeTaskDetail', { TaskId: taskId });
    const content = objectField(detail, kind.detail);
    // Nobody wanted to be told of its end.
    if (content === undefined || textField(content, 'TasksNotifyMode') === 'None') continue;
    await reconciliation.report({ eventType: kind.eventType, member: eventMembers[kind.eventType], content });
  }
}
