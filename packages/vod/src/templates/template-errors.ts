import { ApiError, findPresetTemplate, type TemplateKind } from '@vodstack/protocol';

export function templateNotExist(definition: number): ApiError {
  return new ApiError(
    'ResourceNotFound.TemplateNotExist',
    `The parameter \`Definition\` names no template of this application: ${definition}.`,
  );
}

export function tooManyTemplates(quota: number): ApiError {
  return new ApiError(
    'LimitExceeded.TooMuchTemplate',
    `An application may have ${quota} templates of this kind: delete one first.`,
  );
}

/** @throws ApiError InvalidParameterValue.ModifyDefaultTemplate or .DeleteDefaultTemplate for a preset */
export function assertNoPreset(kind: TemplateKind, definition: number, verb: 'Modify' | 'Delete'): void {
  if (!findPresetTemplate(kind, definition)) return;
  throw new ApiError(
    `InvalidParameterValue.${verb}DefaultTemplate`,
    `The template ${definition} is a preset, which stays as it is: make one of your own.`,
  );
}
