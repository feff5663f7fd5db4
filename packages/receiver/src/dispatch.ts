import { isEventType } from '@vodstack/protocol';
import { logLine } from './log-line.ts';
import type { Notification } from './parse/notification.ts';
import type { EventHandler, EventHandlers, HandlerContext } from './event-handler.ts';

/** Gives a notification to the handler of its type; one without a handler, or of an unknown type, is only logged. */
export async function dispatch(
  notification: Notification,
  on: EventHandlers,
  context: HandlerContext,
): Promise<void> {
  const { eventType, member } = notification;
  if (!isEventType(eventType) || member === undefined) {
    context.log(logLine('Notification acknowledged, type unknown to this version', { EventType: eventType }));
    return;
  }
  // The one place where the wire meets the documented types: the type decides the member, and the SDK declares every field optional.
  const handler = on[eventType] as EventHandler<unknown> | undefined;
  if (handler === undefined)
    context.log(logLine('Notification acknowledged, no handler for it', { EventType: eventType }));
  else await handler(member, context);
}
