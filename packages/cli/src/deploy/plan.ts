/** What is to be deployed, whether it was read from a file or from flags. */
export interface FunctionPlan {
  readonly name: string;
  readonly namespace: string;
  readonly description: string;
  readonly type: 'Event' | 'HTTP';
  readonly handler: string;
  readonly runtime: string;
  readonly region: string;
  readonly memoryMb: number;
  readonly timeoutSec: number;
  readonly initTimeoutSec: number | undefined;
  /** Of a web function: how many requests one instance serves at once. */
  readonly maxConcurrency?: number | undefined;
  /** Of asynchronous calls. */
  readonly retryNum?: number | undefined;
  readonly messageTtlSec?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly triggers: readonly TriggerPlan[];
}

export interface TriggerPlan {
  readonly name: string;
  readonly type: 'apigw' | 'http' | 'timer';
  readonly qualifier: string;
  readonly isEnabled: boolean;
  /** What goes into TriggerDesc: JSON for apigw and http, the cron expression for timer. */
  readonly desc: Readonly<Record<string, unknown>> | string;
  /** The message of a timer. */
  readonly argument?: string;
}

/** A plan, the files that go with it, and what of the file cannot be had. */
export interface ReadPlan {
  readonly plan: FunctionPlan;
  readonly source: CodeSource;
  readonly notes: readonly string[];
}

export type CodeSource =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      readonly exclude: readonly string[];
      /** What starts a web function that brings no scf_bootstrap along. */
      readonly entryFile?: string | undefined;
    }
  | { readonly kind: 'receiver' };
