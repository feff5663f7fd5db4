import type { Action } from './action.ts';
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from './aliases.ts';
import { getAsyncEventStatus, listAsyncEvents, terminateAsyncEvent } from './async-events.ts';
import { copyFunction } from './copy-function.ts';
import { createFunction } from './create-function.ts';
import { deleteFunction } from './delete-function.ts';
import { getFunctionEventInvokeConfig, updateFunctionEventInvokeConfig } from './event-invoke-config.ts';
import { getFunction } from './get-function.ts';
import { getFunctionAddress } from './get-function-address.ts';
import { invoke, invokeFunction } from './invoke.ts';
import { listFunctions } from './list-functions.ts';
import { getFunctionLogs, getRequestStatus } from './logs.ts';
import { createNamespace, deleteNamespace, listNamespaces, updateNamespace } from './namespaces.ts';
import {
  createTrigger,
  deleteTrigger,
  listTriggers,
  updateTrigger,
  updateTriggerStatus,
} from './triggers.ts';
import { updateFunctionCode } from './update-function-code.ts';
import { updateFunctionConfiguration } from './update-function-configuration.ts';
import { deleteFunctionVersion, listVersionByFunction, publishVersion } from './versions.ts';

/** Every action that is built. */
export const functionActions: readonly Action[] = [
  createFunction,
  getFunction,
  getFunctionAddress,
  listFunctions,
  updateFunctionCode,
  updateFunctionConfiguration,
  deleteFunction,
  copyFunction,
  invoke,
  invokeFunction,
  getFunctionLogs,
  getRequestStatus,
  publishVersion,
  listVersionByFunction,
  deleteFunctionVersion,
  createAlias,
  updateAlias,
  getAlias,
  listAliases,
  deleteAlias,
  createTrigger,
  updateTrigger,
  updateTriggerStatus,
  listTriggers,
  deleteTrigger,
  createNamespace,
  updateNamespace,
  deleteNamespace,
  listNamespaces,
  listAsyncEvents,
  getAsyncEventStatus,
  terminateAsyncEvent,
  getFunctionEventInvokeConfig,
  updateFunctionEventInvokeConfig,
];
