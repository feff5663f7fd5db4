import { FunctionError } from './function-error.ts';

export interface HandlerPath {
  /** The file in the code folder, without its extension. */
  file: string;
  exportName: string;
}

/**
 * Splits `index.main_handler` into file and export.
 *
 * @throws FunctionError InvalidParameterValue.Handler
 */
export function toHandlerPath(handler: string): HandlerPath {
  const match =
    /^(?<file>[A-Za-z0-9_-][\w.-]*(?:\/[A-Za-z0-9_-][\w.-]*)*)\.(?<exportName>[A-Za-z_$][\w$]*)$/u.exec(
      handler,
    );
  const { file, exportName } = match?.groups ?? {};
  if (file === undefined || exportName === undefined) {
    throw new FunctionError(
      'InvalidParameterValue.Handler',
      `The handler "${handler}" must be <file without extension>.<export>, such as index.main_handler.`,
    );
  }
  return { file, exportName };
}
