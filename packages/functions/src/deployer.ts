import type { Logger } from '@vodstack/platform';
import {
  assertHandlerFile,
  hashCodeFiles,
  parseCodeFiles,
  type CodeFile,
  type CodeFiles,
} from './code-files.ts';
import type { CodeStore } from './code-store.ts';
import { assertFunctionConfig, isSameConfig, type FunctionConfig } from './function-config.ts';
import { FunctionError } from './function-error.ts';
import type { PoolControl } from './function-pools.ts';
import type {
  DeployedFunction,
  FunctionKey,
  FunctionStatus,
  FunctionStore,
  NewVersion,
} from './function-store.ts';
import type { VersionStore } from './versions/version-store.ts';

/** Changes what is deployed. */
export interface Deployer {
  /** Creates or updates a function, and is done when it answers. */
  deploy(config: FunctionConfig, files: CodeFiles): Promise<{ name: string; version: number }>;
  /**
   * Makes a function that is `Creating`, and goes on on its own: it becomes `Active`, or `CreateFailed` with a reason.
   *
   * @throws FunctionError ResourceInUse.FunctionName
   */
  create(config: FunctionConfig, files: () => Promise<readonly CodeFile[]>): Promise<void>;
  /**
   * Lets a function be `Updating`, and goes on on its own. The former code serves until the new one is there, and for
   * good when the update fails. With `isPublished`, the new code becomes a version as well.
   *
   * @throws FunctionError FailedOperation.UpdateFunctionCode while another change is under way
   */
  updateCode(
    config: FunctionConfig,
    files: () => Promise<readonly CodeFile[]>,
    options?: { isPublished: boolean },
  ): Promise<void>;
  /** `isPublished` as in updateCode. @throws FunctionError FailedOperation.FunctionStatusError while another change is under way */
  updateConfig(config: FunctionConfig, options?: { isPublished: boolean }): Promise<void>;
  /** Gives a function the code of another one. @throws FunctionError FailedOperation.CopyFailed when that is gone */
  copyCode(source: DeployedFunction, config: FunctionConfig): Promise<void>;
  /** @throws FunctionError FailedOperation.PublishVersion unless the function is Active */
  publish(key: FunctionKey, description: string): Promise<DeployedFunction>;
  /** With all its versions, aliases and triggers. Undefined when there was none. */
  remove(key: FunctionKey): Promise<DeployedFunction | undefined>;
  removeVersion(key: FunctionKey, functionVersion: string): Promise<DeployedFunction | undefined>;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

export interface DeployerDependencies {
  code: CodeStore;
  functions: FunctionStore;
  versions: VersionStore;
  pools: PoolControl;
  logger: Logger;
  clock: () => Date;
}

/** The cloud's own words: tools show them, and people search for them. */
const NO_ENTRY_FILE =
  '未找到函数执行入口文件，请确认代码包入口文件名和 handler 设置是否对应或代码压缩包是否正常。';
const SETTLED: readonly FunctionStatus[] = ['Active', 'UpdateFailed'];

export function createDeployer(deps: DeployerDependencies): Deployer {
  return new FunctionDeployer(deps);
}

class FunctionDeployer implements Deployer {
  readonly #deps: DeployerDependencies;
  readonly #pending = new Set<Promise<void>>();

  constructor(deps: DeployerDependencies) {
    this.#deps = deps;
  }

  async deploy(config: FunctionConfig, files: CodeFiles): Promise<{ name: string; version: number }> {
    assertFunctionConfig(config);
    const parsed = parseCodeFiles(files, config);
    const known = await this.#deps.functions.find(config);
    if (known && (await this.#isUpToDate(known, config, parsed))) {
      return { name: known.name, version: known.version };
    }
    const current = await this.#install(config, parsed);
    if (!current) throw new Error('an unconditional deployment met a condition');
    return { name: current.name, version: current.version };
  }

  async create(config: FunctionConfig, files: () => Promise<readonly CodeFile[]>): Promise<void> {
    const { functions, clock } = this.#deps;
    const created = await functions.create(config, clock());
    if (!created) {
      throw new FunctionError(
        'ResourceInUse.FunctionName',
        `There is a function "${config.name}" in the namespace "${config.namespace}" already.`,
      );
    }
    this.#finishLater(created, 'CreateFailed', async (expected) =>
      this.#unpackAndInstall(config, files, expected),
    );
  }

  async updateCode(
    config: FunctionConfig,
    files: () => Promise<readonly CodeFile[]>,
    { isPublished } = { isPublished: false },
  ): Promise<void> {
    const updating = await this.#beginUpdate(config, 'FailedOperation.UpdateFunctionCode');
    this.#finishLater(updating, 'UpdateFailed', async (expected) => {
      await this.#unpackAndInstall(config, files, expected);
      if (isPublished) await this.publish(config, config.details?.description ?? '');
    });
  }

  async updateConfig(config: FunctionConfig, { isPublished } = { isPublished: false }): Promise<void> {
    const { codeKey, codeSha256, codeBytes, ...updating } = await this.#beginUpdate(
      config,
      'FailedOperation.FunctionStatusError',
    );
    const expected = { functionId: updating.functionId, status: updating.status };
    await this.#switchTo({ config, codeKey, codeSha256, codeBytes, now: this.#deps.clock(), expected });
    if (isPublished) await this.publish(config, config.details?.description ?? '');
  }

  async copyCode(source: DeployedFunction, config: FunctionConfig): Promise<void> {
    const { code, clock } = this.#deps;
    const { codeKey, codeSha256, codeBytes } = source;
    const release = code.hold(codeKey);
    try {
      if (!(await code.has(codeKey))) {
        throw new FunctionError(
          'FailedOperation.CopyFailed',
          `The function "${source.name}" is being deleted.`,
        );
      }
      await this.#switchTo({ config, codeKey, codeSha256, codeBytes, now: clock() });
    } finally {
      release();
    }
  }

  async publish(key: FunctionKey, description: string): Promise<DeployedFunction> {
    const { versions, clock } = this.#deps;
    const published = await versions.publish(key, { description, now: clock() });
    if (published) return published;
    throw new FunctionError(
      'FailedOperation.PublishVersion',
      `The function "${key.name}" must be Active to be published: wait until GetFunction says so.`,
    );
  }

  async remove(key: FunctionKey): Promise<DeployedFunction | undefined> {
    const { functions, versions, pools } = this.#deps;
    const published = await versions.list(key);
    const removed = await functions.remove(key);
    if (!removed) return undefined;
    const codeKeys = [removed, ...published].map(({ codeKey }) => codeKey);
    this.#track(pools.remove(key).then(() => this.#dropCode(codeKeys)));
    return removed;
  }

  async removeVersion(key: FunctionKey, functionVersion: string): Promise<DeployedFunction | undefined> {
    const removed = await this.#deps.versions.remove(key, functionVersion);
    if (!removed) return undefined;
    this.#track(this.#deps.pools.remove(key, functionVersion).then(() => this.#dropCode([removed.codeKey])));
    return removed;
  }

  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async #isUpToDate(
    known: DeployedFunction,
    config: FunctionConfig,
    files: readonly CodeFile[],
  ): Promise<boolean> {
    if (known.status !== 'Active' || !isSameConfig(known, config)) return false;
    const isSameCode = known.codeSha256 === (await hashCodeFiles(files));
    return isSameCode && (await this.#deps.code.has(known.codeKey));
  }

  async #beginUpdate(
    key: FunctionKey,
    code: 'FailedOperation.UpdateFunctionCode' | 'FailedOperation.FunctionStatusError',
  ): Promise<DeployedFunction> {
    const { functions, clock } = this.#deps;
    const updating = await functions.setStatus(key, { from: SETTLED, to: 'Updating', now: clock() });
    if (updating) return updating;
    const known = await functions.find(key);
    throw new FunctionError(
      code,
      `The function "${key.name}" is ${known?.status ?? 'gone'}: it can be changed once GetFunction says Active.`,
    );
  }

  #finishLater(
    fn: DeployedFunction,
    failed: FunctionStatus,
    work: (expected: NonNullable<NewVersion['expected']>) => Promise<unknown>,
  ): void {
    const { functions, logger, clock } = this.#deps;
    const { functionId, status } = fn;
    const finish = async (): Promise<void> => {
      try {
        await work({ functionId, status });
      } catch (error) {
        if (!(error instanceof FunctionError))
          logger.error({ err: error, function: fn.name }, 'a deployment failed');
        const reason = toReason(error);
        await functions.setStatus(fn, { from: [status], functionId, to: failed, reason, now: clock() });
      }
    };
    this.#track(finish());
  }

  async #unpackAndInstall(
    config: FunctionConfig,
    files: () => Promise<readonly CodeFile[]>,
    expected: NonNullable<NewVersion['expected']>,
  ): Promise<void> {
    const unpacked = await files();
    assertHandlerFile(unpacked, config);
    await this.#install(config, unpacked, expected);
  }

  async #install(
    config: FunctionConfig,
    files: readonly CodeFile[],
    expected?: NewVersion['expected'],
  ): Promise<DeployedFunction | undefined> {
    const { code, clock } = this.#deps;
    const { codeKey, sizeBytes, release } = await code.write(files);
    const next = { config, codeKey, codeSha256: codeKey, codeBytes: sizeBytes, now: clock(), expected };
    let current: DeployedFunction | undefined;
    try {
      current = await this.#switchTo(next);
    } finally {
      release();
      if (!current) await this.#dropCode([codeKey]);
    }
    return current;
  }

  /** The former code goes when its last request is over. */
  async #switchTo(next: NewVersion): Promise<DeployedFunction | undefined> {
    const { functions, pools } = this.#deps;
    const switched = await functions.switchTo(next);
    if (!switched) return undefined;
    const { current, previous } = switched;
    const isCodeNew = previous !== undefined && previous.codeKey !== current.codeKey;
    this.#track(
      pools.replace(current).then(() => (isCodeNew ? this.#dropCode([previous.codeKey]) : undefined)),
    );
    return current;
  }

  async #dropCode(codeKeys: readonly string[]): Promise<void> {
    const { code, versions } = this.#deps;
    for (const codeKey of codeKeys) await code.removeUnused(codeKey, (each) => versions.isCodeUsed(each));
  }

  #track(work: Promise<unknown>): void {
    const tracked: Promise<void> = work
      .then(() => undefined)
      .catch((err: unknown) => this.#deps.logger.warn({ err }, 'the end of a deployment failed'))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}

function toReason(error: unknown): string {
  if (!(error instanceof FunctionError)) return 'InternalError: the function could not be unpacked.';
  return error.code === 'InvalidParameterValue.Handler' ? `${NO_ENTRY_FILE} ${error.message}` : error.message;
}
