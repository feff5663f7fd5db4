import { isSameSecret } from '@vodstack/protocol';
import type { OutputStore } from '@vodstack/receiver';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/** Where the deployed receiver posts the outputs that it read from the events. */
export const OUTPUTS_PATH = '/receiver/outputs';

const size = z.number().nonnegative().nullish();
const outputsBody = z.object({
  FileId: z.string().min(1).max(64),
  TaskId: z.string().max(200),
  Outputs: z
    .array(
      z.object({
        Definition: z.number().int().nonnegative(),
        Url: z.string().max(2048),
        Size: size,
        Md5: z.string().max(64).nullish(),
        Width: size,
        Height: size,
        Bitrate: size,
        Duration: size,
      }),
    )
    .max(1000),
});

/** The record of the receiver: idempotent, so that a notification that comes twice is recorded once. */
export function registerOutputRoutes(
  app: FastifyInstance,
  options: { store: OutputStore; token: string },
): void {
  app.post(OUTPUTS_PATH, async (request, reply) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isSameSecret(token, options.token))
      return reply.code(401).send({ message: 'The bearer token is wrong.' });
    const body = outputsBody.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    const { FileId: fileId, TaskId: taskId, Outputs } = body.data;
    await options.store.record(
      Outputs.map((output) => ({
        fileId,
        taskId,
        definition: output.Definition,
        url: output.Url,
        sizeBytes: output.Size ?? null,
        md5: output.Md5 ?? null,
        width: output.Width ?? null,
        height: output.Height ?? null,
        bitrateBps: output.Bitrate ?? null,
        durationSec: output.Duration ?? null,
      })),
    );
    return reply.code(204).send();
  });
}
