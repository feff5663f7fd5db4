/** A playlist or manifest that cannot be used; the message says what stands where, for people. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}
