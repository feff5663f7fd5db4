import { toScfHandler, toScfResponse, type ScfResponse } from '../adapters/scf.ts';
import { recordOutputs } from '../handlers/record-outputs.ts';
import { transcode } from '../handlers/transcode.ts';
import { clipText } from '../log-line.ts';
import { createReceiver } from '../receiver.ts';
import { HttpOutputStore } from '../stores/http-output-store.ts';
import type { FunctionConfig } from './config.ts';
import { readFunctionConfig } from './read-config.ts';

export type MainHandler = (event: unknown, context?: unknown) => Promise<ScfResponse>;

export interface MainHandlerOptions {
  /** Where config.json is looked for, in this order. Asked at the first call. */
  readonly folders: () => readonly string[];
  readonly log: (line: string) => void;
}

/**
 * The function's handler: 200 with an empty body, 400 `Bad Request`, or 500 `Internal Error` when acting on the notification failed or
 * config.json can't be used (the log says why). Config and client are made once per instance; a config that failed is read again at the next call.
 */
export function createMainHandler({ folders, log }: MainHandlerOptions): MainHandler {
  let warm: MainHandler | undefined;
  return async (event, context) => {
    try {
      warm ??= createFunctionHandler(await readFunctionConfig(folders()), log);
    } catch (error) {
      log(
        `The function can't start: ${clipText(error instanceof Error ? error.message : String(error), 1000)}`,
      );
      return toScfResponse(500, 'Internal Error');
    }
    return warm(event, context);
  };
}

function createFunctionHandler(config: FunctionConfig, log: (line: string) => void): MainHandler {
  const { connection, definitions, subAppId, signKey, recordUrl: url, recordToken: token } = config;
  const store =
    url === undefined ? undefined : new HttpOutputStore({ url, ...(token !== undefined && { token }) });
  return toScfHandler(
    createReceiver({
      on: {
        NewFileUpload: transcode({ ...connection, definitions, ...(subAppId !== undefined && { subAppId }) }),
        ProcedureStateChanged: recordOutputs(store),
      },
      ...(signKey !== undefined && { signKey }),
      log,
    }),
  );
}
