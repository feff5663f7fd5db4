import { ApiError, invalidAction } from '@vodstack/protocol';

/** The actions of API version 2024-07-18 (VOD's professional edition). */
export const storageActions: readonly string[] = [
  'CreateIncrementalMigrationStrategy',
  'CreateStorage',
  'CreateStorageCredentials',
  'DeleteIncrementalMigrationStrategy',
  'DescribeIncrementalMigrationStrategyInfos',
  'DescribeStorage',
  'ModifyIncrementalMigrationStrategy',
];

/** Refuses every action of API version 2024-07-18 by its name. */
export async function refuseStorageAction(action: string): Promise<never> {
  if (!storageActions.includes(action)) throw invalidAction(action);
  throw new ApiError('UnsupportedOperation', `The action \`${action}\` is not supported by this server.`);
}
