/** As people count: what lies outside the basic plane, an emoji for example, is one character, not two UTF-16 units. */
export const countCharacters = (text: string): number => [...text].length;
