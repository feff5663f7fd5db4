import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { errorMessage, StartupError } from '../errors.ts';
import type { ConnectionOptions } from './connection.ts';
import { prepareBinaries } from './embedded/binaries.ts';
import { chooseRunAs } from './embedded/choose-run-as.ts';
import { createCluster, type Cluster } from './embedded/cluster.ts';
import { withFileLock } from './embedded/file-lock.ts';
import { createKeeper, type Keeper } from './embedded/keeper.ts';
import { createServerUsers } from './embedded/users.ts';

/** A PostgreSQL server of our own, as child process without a network port. */
export interface EmbeddedPostgres {
  /**
   * Starts the server, or takes over one that a killed process left running, and starts it again whenever it ends.
   * Concurrent callers share one start.
   */
  start(): Promise<ConnectionOptions>;
  /** Shuts the server down, unless another living process uses it too. */
  stop(): Promise<void>;
  /** One sentence: under whose identity it runs. */
  describe(): string;
}

export interface EmbeddedPostgresOptions {
  /** Created with mode 0700 if absent; holds the cluster, the socket and `postgres.log`. */
  folder: string;
  logger: Logger;
  onProgress?: (step: string) => void;
  /** As root: `auto` tries a user namespace before another uid. */
  rootStrategy?: 'auto' | 'other-user';
  /** Where files go that another uid must reach. Default `/var/lib/vodstack`. */
  reachableRoot?: string;
}

export function createEmbeddedPostgres(options: EmbeddedPostgresOptions): EmbeddedPostgres {
  return new OwnPostgres(options);
}

class OwnPostgres implements EmbeddedPostgres {
  readonly #folder: string;
  readonly #options: EmbeddedPostgresOptions;
  #cluster: Cluster | undefined;
  #starting: Promise<ConnectionOptions> | undefined;
  #leave: (() => Promise<boolean>) | undefined;
  #keeper: Keeper | undefined;

  constructor(options: EmbeddedPostgresOptions) {
    this.#folder = resolve(options.folder);
    this.#options = options;
  }

  start(): Promise<ConnectionOptions> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#starting = undefined;
    await this.#keeper?.stop();
    this.#keeper = undefined;
    if (!this.#leave) return;
    await this.#locked(() => this.#leaveAndStop());
  }

  describe(): string {
    return this.#cluster?.description ?? 'PostgreSQL has not been started.';
  }

  async #start(): Promise<ConnectionOptions> {
    await prepareFolder(this.#folder);
    const binaries = await prepareBinaries();
    return this.#locked(async () => {
      const { logger, onProgress = () => undefined } = this.#options;
      const runAs = await chooseRunAs({
        folder: this.#folder,
        binaries,
        rootStrategy: this.#options.rootStrategy ?? 'auto',
        reachableRoot: this.#options.reachableRoot ?? '/var/lib/vodstack',
      });
      const users = createServerUsers(join(this.#folder, 'users'));
      await users.join();
      this.#leave = () => users.leave();
      const cluster = createCluster({ runAs, logger, onProgress });
      this.#cluster = cluster;
      try {
        const connection = await cluster.start();
        this.#keeper = createKeeper({
          isRunning: () => cluster.isRunning(),
          restart: () => this.#locked(() => cluster.start()),
          logger,
        });
        return connection;
      } catch (error) {
        await this.#leaveAndStop();
        throw error;
      }
    });
  }

  async #leaveAndStop(): Promise<void> {
    const isLast = await this.#leave?.();
    this.#leave = undefined;
    if (isLast) await this.#cluster?.stop();
  }

  #locked<Result>(action: () => Promise<Result>): Promise<Result> {
    return withFileLock(join(this.#folder, 'start.lock'), action);
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StartupError(
      `This user cannot write to ${folder} (${errorMessage(cause)}): change its owner or choose another data folder.`,
      { cause },
    );
  }
}
