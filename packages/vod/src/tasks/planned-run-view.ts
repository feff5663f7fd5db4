/** One run of ffmpeg as people see it: nothing in it names a folder of this machine or a key. */
export interface PlannedRunView {
  readonly name: string;
  /** Positions of the sub-tasks that it serves. */
  readonly subtasks: readonly number[];
  /** Names of the runs that must have ended before. */
  readonly after: readonly string[];
  /** `source`, or files of other runs. */
  readonly inputs: readonly string[];
  /** Of ffmpeg, without those that guard against hostile files. */
  readonly arguments: readonly string[];
}
