import { invalidParameterValue } from '@vodstack/protocol';
import { countCharacters } from './count-characters.ts';

const MAX_NAME = 40;
const MAX_DESCRIPTION = 300;

export function parseSubAppName(name: string): string {
  if (name !== '' && countCharacters(name) <= MAX_NAME) return name;
  throw invalidParameterValue('Name', `must have 1 to ${MAX_NAME} characters, got ${countCharacters(name)}.`);
}

export function parseSubAppDescription(description: string): string {
  if (countCharacters(description) <= MAX_DESCRIPTION) return description;
  throw invalidParameterValue(
    'Description',
    `may have ${MAX_DESCRIPTION} characters at most, got ${countCharacters(description)}.`,
  );
}
