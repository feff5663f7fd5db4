import { z } from 'zod';
import type { CodeFile } from '../code-files.ts';
import { decodeZip, readCodePackage } from '../code-package.ts';
import { FunctionError } from '../function-error.ts';
import { text } from './fields.ts';

/** `Code`. */
export interface CodeRequest {
  ZipFile?: string | undefined;
  CosObjectName?: string | undefined;
  TempCosObjectName?: string | undefined;
  DemoId?: string | undefined;
  GitUrl?: string | undefined;
  ImageConfig?: object | undefined;
}

export const codeField: z.ZodType<CodeRequest> = z.object({
  ZipFile: text.optional(),
  CosObjectName: text.optional(),
  TempCosObjectName: text.optional(),
  DemoId: text.optional(),
  GitUrl: text.optional(),
  ImageConfig: z.object({}).optional(),
});

/** Sources that a package cannot be taken from here. */
const UNSUPPORTED_SOURCES = [
  'CosObjectName',
  'TempCosObjectName',
  'DemoId',
  'GitUrl',
  'ImageConfig',
] as const;

/** 583/11637: what may come with the request itself. */
export const MAX_CREATE_ZIP_BYTES: number = 50 * 1024 * 1024;
export const MAX_UPDATE_ZIP_BYTES: number = 20 * 1024 * 1024;

/**
 * The files of the package that the request brings. What is wrong with its list of files is known at once, what is
 * wrong inside one when that is read.
 *
 * @throws FunctionError
 */
export async function readCode(code: CodeRequest, maxBytes: number): Promise<CodeFile[]> {
  if (code.ZipFile !== undefined && code.ZipFile !== '') {
    return await readCodePackage(decodeZip(code.ZipFile, maxBytes));
  }
  for (const source of UNSUPPORTED_SOURCES) {
    if (code[source] === undefined) continue;
    throw new FunctionError(
      'UnsupportedOperation',
      `\`Code.${source}\` is not supported by this server: send the package as \`Code.ZipFile\`.`,
    );
  }
  throw new FunctionError(
    'MissingParameter.Code',
    'The request is missing the code package: `Code.ZipFile`.',
  );
}
