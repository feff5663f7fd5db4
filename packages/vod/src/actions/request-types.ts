/** The cloud's own request types, from the official SDK: types only, nothing of the SDK is loaded. */
export type {
  ApplyUploadRequest,
  CommitUploadRequest,
  ConfirmEventsRequest,
  CreateSubAppIdRequest,
  DescribeEventConfigRequest,
  DescribeMediaInfosRequest,
  DescribeSubAppIdsRequest,
  DescribeTaskDetailRequest,
  DescribeTasksRequest,
  ModifyEventConfigRequest,
  ModifySubAppIdInfoRequest,
  ModifySubAppIdStatusRequest,
  ParseStreamingManifestRequest,
  ProcessMediaRequest,
  PullEventsRequest,
  PullUploadRequest,
} from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';
