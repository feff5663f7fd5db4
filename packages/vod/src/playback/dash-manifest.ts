// Changes to DASH manifests on their way out (ISO/IEC 23009-1).

const ADDRESS_ATTRIBUTE = /(?<=\s(?:initialization|media|sourceURL|index)=")[^"]+(?=")/g;

export function isDashManifest(file: { readonly content_type: string }): boolean {
  return file.content_type.toLowerCase() === 'application/dash+xml';
}

/** @param toUri what a relative address of segments becomes; templates such as `$Number$` stand in it as they are */
export function changeDashManifest(text: string, toUri: (uri: string) => string): string {
  return text.replaceAll(ADDRESS_ATTRIBUTE, (escaped) => {
    const uri = escaped.replaceAll('&amp;', '&');
    return /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(uri) ? escaped : toUri(uri).replaceAll('&', '&amp;');
  });
}
