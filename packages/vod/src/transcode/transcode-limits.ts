export interface TranscodeLimits {
  /** Longest time without a new frame, a later time stamp or a write to an output. Default 120 s. */
  readonly stallMs?: number;
  /** Longest run. Default 10 minutes and 60 times the duration of the source. */
  readonly wallMs?: number;
  /** From SIGTERM to SIGKILL. Default 5 s. */
  readonly killGraceMs?: number;
  /** Default: 8 GiB and 512 MiB for each core. */
  readonly addressSpaceBytes?: number;
  /** Default: twice what the bitrate allows, and 64 MiB. */
  readonly outputFileBytes?: number;
}
