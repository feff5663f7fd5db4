export type * as models from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';

export { actionNames } from './generated/action-names.ts';
export { isActionName, type ActionName, type RequestOf, type ResponseOf } from './actions/action-types.ts';
export {
  requestSchemaOf,
  resolveSchema,
  type Schema,
  type SchemaDefinitions,
} from './actions/request-schema.ts';
export { validateRequest, type ValidatedRequest } from './actions/request-shapes.ts';

export { callbackSign, verifyCallbackSign, callbackSignLifeSec, type CallbackSign } from './callback-sign.ts';
export { commonErrors, type CommonErrorCode, type ErrorEntry, type ErrorKind } from './common-errors.ts';
export {
  commonParameterNames,
  splitCommonParameters,
  type CommonParameterName,
} from './common-parameters.ts';
export {
  cosClockSkewSec,
  findCosAuthorization,
  parseCosAuthorization,
  presignCosV5,
  signCosV5,
  verifyCosV5,
  type CosAuthorization,
  type CosRequest,
  type CosSignInput,
  type CosVerifyInput,
} from './cos-v5.ts';
export { toErrorEnvelope, toSuccessEnvelope, type ErrorEnvelope, type SuccessEnvelope } from './envelope.ts';
export { errCodeExt, toErrCode, type ErrCodeExt, type TaskErrCode } from './err-code-ext.ts';
export {
  ApiError,
  errorKind,
  invalidAction,
  invalidParameter,
  invalidParameterValue,
  missingParameter,
  resourceNotFound,
  type ErrorCode,
} from './errors.ts';
export { sampleEvent, type SampleOptions } from './event-samples.ts';
export { eventMembers, isEventType, type EventMember, type EventType } from './event-members.ts';
export type {
  AdaptiveDynamicStreamingInfoItem,
  AdaptiveDynamicStreamingResult,
  AnimatedGraphicResult,
  CoverBySnapshotResult,
  CoverBySnapshotTaskOutput,
  EventContent,
  FileDeleteTask,
  FileUploadTask,
  ImageSpriteResult,
  MediaAnimatedGraphicsItem,
  MediaAudioStreamItem,
  MediaBasicInfo,
  MediaImageSpriteItem,
  MediaMetaData,
  MediaProcessTaskResult,
  MediaSampleSnapshotItem,
  MediaSnapshotByTimeOffsetItem,
  MediaSourceData,
  MediaTranscodeItem,
  MediaVideoStreamItem,
  ProcedureTask,
  PulledEvent,
  PullUploadTask,
  SampleSnapshotResult,
  SnapshotByTimeOffsetResult,
  SubTaskResult,
  SubTaskStatus,
  TranscodeResult,
} from './events.ts';
export {
  flattenParameters,
  parseFlatParameters,
  unflattenParameters,
  type FlatParameters,
} from './flat-parameters.ts';
export {
  createHotlinkQuery,
  hotlinkSign,
  toHotlinkTime,
  verifyHotlink,
  type HotlinkGrant,
  type HotlinkParameters,
  type HotlinkVerification,
} from './hotlink-signature.ts';
export {
  createPlayerSignature,
  verifyPlayerSignature,
  type PlayerContent,
  type PlayerSignatureFields,
  type PlayerSignatureVerification,
  type PlayerUrlAccess,
} from './player-signature.ts';
export {
  findTranscodePreset,
  renditionFileName,
  renditionSize,
  transcodePresets,
  type PixelSize,
  type TranscodePreset,
} from './presets.ts';
export { findHeader, type RequestHeaders } from './request-headers.ts';
export {
  parseTc3Authorization,
  signatureSkewSec,
  signTc3,
  verifyTc3,
  type Tc3Authorization,
  type Tc3Request,
  type Tc3SignInput,
  type Tc3VerifyInput,
} from './tc3.ts';
export { COPY_CODEC, findPresetTemplate, listPresetTemplates } from './templates/presets.ts';
export {
  findPresetProcedure,
  presetProcedures,
  type PresetProcedure,
} from './templates/procedure-presets.ts';
export type {
  Template,
  TemplateKind,
  TemplateParameters,
  TemplateStructures,
} from './templates/template-kinds.ts';
export {
  createUploadSignature,
  maxUploadSignatureLifeSec,
  parseUploadSignature,
  verifyUploadSignature,
  type ParsedUploadSignature,
  type UploadSignatureFields,
  type UploadSignatureVerification,
} from './upload-signature.ts';
export { signV1, verifyV1, type V1Request, type V1SignInput, type V1VerifyInput } from './v1.ts';
export { isSameSecret, type Verification, type VerificationFailure } from './verification.ts';
export { vodErrorCodes, type VodErrorCode } from './vod-error-codes.ts';
export { webhookHeaders, webhookSecretPrefix, type WebhookMessage } from './standard-webhooks.ts';
export { withExplicitNulls } from './explicit-nulls.ts';
