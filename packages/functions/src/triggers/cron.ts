import { Cron } from 'croner';
import { FunctionError } from '../function-error.ts';

/** The cloud's timers run on Beijing time. */
const TIME_ZONE = 'Asia/Shanghai';

/**
 * The next moment of a timer's expression: second, minute, hour, day, month, week day (0 is Sunday), year. Undefined
 * when there is none any more.
 *
 * @throws FunctionError InvalidParameterValue.TriggerDesc
 */
export function nextMoment(expression: string, after: Date): Date | undefined {
  try {
    const cron = new Cron(toFields(expression), { timezone: TIME_ZONE, mode: '7-part', paused: true });
    return cron.nextRun(after) ?? undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new FunctionError(
      'InvalidParameterValue.TriggerDesc',
      `The timer "${expression.slice(0, 100)}" must be a cron expression of seven fields (second minute hour day month week year): ${reason}`,
    );
  }
}

/** Five fields are the cloud's old form: minute hour day month week. */
function toFields(expression: string): string {
  const fields = expression.trim().split(/\s+/u);
  return fields.length === 5 ? `0 ${fields.join(' ')} *` : fields.join(' ');
}
