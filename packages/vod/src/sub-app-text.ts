import { invalidParameterValue } from '@vodstack/protocol';

const MAX_NAME = 40;
const MAX_DESCRIPTION = 300;

export function parseSubAppName(name: string): string {
  if (name !== '' && name.length <= MAX_NAME) return name;
  throw invalidParameterValue('Name', `must have 1 to ${MAX_NAME} characters, got ${name.length}.`);
}

export function parseSubAppDescription(description: string): string {
  if (description.length <= MAX_DESCRIPTION) return description;
  throw invalidParameterValue(
    'Description',
    `may have ${MAX_DESCRIPTION} characters at most, got ${description.length}.`,
  );
}
