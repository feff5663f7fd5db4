/** What a rendition shall be, by its template. */
export interface RenditionSpec {
  /** Template id, e.g. 100010. */
  readonly definition: number;
  readonly container: 'mp4';
  readonly video: {
    /** Length of the shorter side in pixels, whatever the orientation. */
    readonly shortSide: number;
    /** Ceiling of the average rate; 0 leaves the rate to the quality. */
    readonly bitrateKbps: number;
    readonly fps: number;
  };
  readonly audio: AudioSpec;
}

export interface AudioSpec {
  readonly bitrateKbps: number;
  readonly sampleRateHz: number;
  readonly channels: number;
}
