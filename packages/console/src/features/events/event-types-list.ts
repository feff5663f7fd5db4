/** What a receiver meets most, first (266/33779). */
export const EVENT_TYPES = [
  'NewFileUpload',
  'ProcedureStateChanged',
  'FileDeleted',
  'PullComplete',
  'EditMediaComplete',
  'ComposeMediaComplete',
  'DescribeFileAttributesComplete',
  'PersistenceComplete',
  'RestoreMediaComplete',
  'WechatMiniProgramPublishComplete',
] as const;
