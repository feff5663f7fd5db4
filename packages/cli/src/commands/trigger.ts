import { StartupError } from '@vodstack/platform';
import { eventMembers } from '@vodstack/protocol';
import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { createPrinter } from '../printer.ts';

interface TriggerFlags extends ConnectionFlags {
  readonly file?: string;
  readonly set: readonly string[];
  readonly list?: boolean;
}

const answer = z.object({ eventId: z.number() });

export const triggerCommand: Command = addConnectionOptions(
  new Command('trigger')
    .description('send an event that nothing has caused, to try a receiver')
    .argument('[EventType]', 'e.g. NewFileUpload; --list shows all')
    .option('--file <FileId>', 'a media that the event tells of')
    .option(
      '--set <path=value>',
      'change a member, e.g. FileUploadEvent.MediaBasicInfo.Name=test',
      collect,
      [],
    )
    .option('--list', 'show the event types'),
).action(trigger);

function collect(text: string, all: readonly string[]): string[] {
  return [...all, text];
}

async function trigger(type: string | undefined, flags: TriggerFlags): Promise<void> {
  const printer = createPrinter(flags.json === true);
  if (flags.list) {
    for (const name of Object.keys(eventMembers)) printer.event(name, { type: name });
    return;
  }
  if (!type) throw new StartupError('Say which event: vodstack trigger --list shows the types.');
  const console = await openConsole(readConnection(flags));
  const { eventId } = answer.parse(
    await console.post('/events/trigger', {
      type,
      set: Object.fromEntries(flags.set.map(toMember)),
      ...(flags.file ? { fileId: flags.file } : {}),
    }),
  );
  printer.event(`Triggered  ${type}  event ${eventId}`, { type, eventId });
}

/** A value is JSON when it can be read as that, else text. */
function toMember(text: string): [path: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new StartupError(`--set expects path=value, got ${JSON.stringify(text)}.`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}
