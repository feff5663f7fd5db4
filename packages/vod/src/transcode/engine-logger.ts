/** The part of a pino logger that the media engine uses: fields first, then a fixed sentence. */
export interface EngineLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
