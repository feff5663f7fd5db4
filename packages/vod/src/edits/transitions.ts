/**
 * The cloud's transitions of pictures that ffmpeg's xfade makes, by its words for them; undefined: the picture fades.
 * Those that bend, shake or burn the picture are not among them.
 */
const PICTURE_TRANSITIONS: ReadonlyMap<string, string | undefined> = new Map([
  ['ImageFadeInFadeOut', undefined],
  ['Circle', 'transition=circleclose'],
  ['CircleCrop', 'transition=circlecrop'],
  ['Circleopen', 'transition=circleopen'],
  ['Luma', 'transition=dissolve'],
  ['Radial', 'transition=radial'],
  ['Squeeze', 'transition=squeezev'],
  ['WipeDown', 'transition=wipedown'],
  ['WipeLeft', 'transition=wipeleft'],
  ['WipeRight', 'transition=wiperight'],
  ['WipeUp', 'transition=wipeup'],
  // Ten slats, which open together. P goes from 1 to 0.
  ['Windowblinds', "transition=custom:expr='if(gte(mod(X*10/W,1),P),B,A)'"],
]);

export const SOUND_FADE = 'AudioFadeInFadeOut';

export function isOfferedTransition(type: string): boolean {
  return type === SOUND_FADE || PICTURE_TRANSITIONS.has(type);
}

export function pictureTransition(types: readonly string[]): string | undefined {
  return types.map((type) => PICTURE_TRANSITIONS.get(type)).find((transition) => transition !== undefined);
}
