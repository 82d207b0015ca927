// Every error a caller can get: code, HTTP status and text (rest-v2.md §1.6 and appendix A).
// A facade renders it in its own form; over REST all 404s become 20404 with the path.
import { DatabaseUnavailable } from '../store/database.ts'
import { MediaStoreUnavailable } from '../store/media-store.ts'

export class ChatError extends Error {
  readonly code: number
  readonly status: number
  /** What to do about it, where the text alone does not tell. */
  readonly hint: string | undefined

  constructor(code: number, status: number, message: string, hint?: string) {
    super(message)
    this.code = code
    this.status = status
    this.hint = hint
  }
}

const error = (code: number, status: number, message: string) => () => new ChatError(code, status, message)

export const errors = {
  badRequest: (detail: string) => new ChatError(20001, 400, detail),
  missingParameter: (name: string) =>
    new ChatError(20001, 400, `Missing required parameter ${name} in the post body`),
  invalidParameter: (name: string, expected: string) =>
    new ChatError(20001, 400, `Invalid parameter ${name}: expected ${expected}`),
  bodyTooLarge: (limit: number) =>
    new ChatError(20001, 413, `The request body is larger than ${limit} bytes`),
  authenticate: error(20003, 401, 'Authenticate'),
  methodNotAllowed: error(20004, 405, 'Method not allowed'),
  notFound: error(20404, 404, 'Not found'),
  roleInUse: () =>
    new ChatError(20409, 409, 'Role is in use', 'give its users and members another role first'),
  defaultRole: () =>
    new ChatError(
      20409,
      409,
      'Role is a default of its service',
      'choose another default in the service first',
    ),
  deliveryWaiting: () =>
    new ChatError(20409, 409, 'Delivery is waiting to be sent', 'only one that has ended can be sent again'),
  tooManyRequests: error(20429, 429, 'Too Many Requests'),
  unavailable: error(20503, 503, 'Service temporarily unavailable'),

  invalidPageToken: error(20001, 400, 'Invalid PageToken: it does not belong to this list'),
  negativePageToken: error(19038, 400, 'Page token must be greater than or equal to 0'),

  friendlyNameTooLong: error(50003, 400, 'Friendly name too long'),
  uniqueNameTooLong: error(50004, 400, 'Unique name too long'),

  serviceNotFound: error(50050, 403, 'Service instance not found'),
  invalidConsumptionInterval: error(50052, 400, 'Invalid consumption interval format'),
  invalidTypingIndicator: error(50053, 400, 'Invalid typing indicator format'),
  invalidWebhookFormat: error(50054, 400, 'Invalid webhook format'),
  invalidWebhookMethod: error(50055, 400, 'Invalid webhook method'),
  webhookRefused: error(50056, 403, 'Webhook disabled processing of command'),
  notificationTemplateTooLong: error(50058, 400, 'Notification template too long'),
  notificationSoundTooLong: error(50059, 400, 'Notification sound name too long'),
  invalidUserChannelsLimit: error(50060, 400, 'Invalid user channels limit'),
  invalidChannelMembersLimit: error(50061, 400, 'Invalid channel members limit'),
  invalidWebhookRetryCount: error(50065, 400, 'Invalid webhook retry count'),
  invalidPreWebhookUrl: error(50077, 400, 'Invalid pre-webhook URL'),
  invalidPostWebhookUrl: error(50078, 400, 'Invalid post-webhook URL'),

  roleNotFound: error(50100, 400, 'Role not found'),
  channelRoleNotFound: error(50101, 400, 'Channel role not found'),
  deploymentRoleNotFound: error(50102, 400, 'Deployment role not found'),
  permissionNotFound: (name: string) => new ChatError(50104, 400, `Permission not found: ${name}`),
  invalidRoleType: error(50105, 400, 'Invalid role type'),
  channelCreatorRoleNotFound: error(50106, 400, 'Channel creator role not found'),
  notAuthorized: error(50107, 403, 'User not authorized for command'),

  userNotFound: (hint?: string) => new ChatError(50200, 404, 'User not found', hint),
  userExists: error(50201, 409, 'User already exists'),
  identityReserved: error(50203, 400, 'Identity reserved'),
  mayNotSetRole: error(50205, 403, 'User unauthorized to set role'),
  identityLooksLikeSid: error(50206, 400, 'Identity looks like a user SID'),
  identityTooLong: error(50207, 400, 'Identity too long'),
  userChannelLimitExceeded: error(50208, 403, 'User channel limit exceeded'),
  invalidBindingType: error(50209, 400, 'Invalid binding type'),
  invalidNotificationLevel: error(50210, 400, 'Invalid notification level'),
  userInvited: error(50212, 409, 'User already invited'),
  userConflict: error(50213, 409, 'Conflicting user modification'),

  channelNotFound: error(50300, 404, 'Channel not found'),
  attributesTooLong: error(50303, 400, 'Attributes too long'),
  attributesNotJson: error(50304, 400, 'Attributes not valid JSON'),
  uniqueNameLooksLikeSid: error(50306, 400, 'Unique name looks like a channel SID'),
  uniqueNameTaken: error(50307, 409, 'Channel with provided unique name already exists'),
  invalidDateCreated: error(50308, 400, 'Invalid DateCreated'),
  invalidDateUpdated: error(50309, 400, 'Invalid DateUpdated'),
  authorTooLong: error(50310, 400, 'Author too long'),

  webhookNotFound: error(50320, 404, 'Channel webhook not found'),
  tooManyWebhooks: error(50321, 400, 'Too many channel webhooks'),
  tooManyTriggers: error(50322, 400, 'Too many triggers'),
  invalidWebhookType: error(50324, 400, 'Invalid channel webhook type'),
  invalidWebhookFilter: error(50325, 400, 'Invalid channel webhook filter'),
  invalidWebhookTrigger: error(50326, 400, 'Invalid channel webhook trigger'),
  invalidWebhookFlowSid: error(50327, 400, 'Invalid channel webhook flow SID'),
  webhookUrlMissing: error(50329, 400, 'Channel webhook URL not provided'),
  webhookFilterMissing: error(50330, 400, 'Channel webhook filter not provided'),
  webhookTriggerMissing: error(50331, 400, 'Channel webhook trigger not provided'),
  webhookUrlTooLong: error(50332, 400, 'Channel webhook URL too long'),
  invalidWebhookUrl: error(50054, 400, 'Invalid webhook format: expected an absolute http or https URL'),

  memberNotFound: error(50402, 404, 'Member not found'),
  memberLimitExceeded: error(50403, 403, 'Channel member limit exceeded'),
  memberExists: error(50404, 409, 'Member already exists'),
  invalidConsumptionTimestamp: error(50405, 400, 'Invalid LastConsumptionTimestamp'),
  invalidReadIndex: error(50406, 400, 'Invalid LastConsumedMessageIndex'),
  memberConflict: error(50419, 409, 'Conflicting member modification'),

  messageNotFound: error(50500, 404, 'Message not found'),
  bodyTooLong: error(50504, 400, 'Message body too long'),
  lastUpdatedByTooLong: error(50505, 400, 'LastUpdatedBy too long'),
  mediaNotFound: error(50507, 400, 'Media not found'),
  mediaAlreadySent: error(50508, 400, 'Media already sent with another message'),
  mediaBodyUpdate: error(50509, 400, 'Media message body update not allowed'),
  invalidMediaSid: error(50510, 400, 'Invalid media SID'),
  invalidMediaType: error(50511, 400, 'Invalid media content type'),
  mediaTooLarge: (limitMb: number) =>
    new ChatError(50512, 413, 'Media too large', `a file of this service has at most ${limitMb} MB`),
  messageMediaTooLarge: (limitMb: number) =>
    new ChatError(
      50512,
      413,
      'Media too large',
      `all media of a message have at most ${limitMb} MB together`,
    ),
  tooManyMedia: (limit: number) => new ChatError(20001, 400, `A message carries at most ${limit} media`),
  filenameTooLong: error(20001, 400, 'The name of the file is too long'),
  fileMissing: error(20001, 400, 'There is no file in the form'),
  bodyCut: error(20001, 400, 'The request ended before its body did'),
  uploadCut: error(20001, 400, 'The upload ended before the file did'),
  preconditionFailed: error(20001, 412, 'The file is not the one of the condition'),
  rangeNotSatisfiable: error(20001, 416, 'The file has no such part'),
  linkExpired: error(20403, 403, 'The link has expired, or is not one of this server'),

  inviteNotFound: error(50601, 404, 'Invite not found'),
  alreadyMember: error(50602, 409, 'Cannot decline: already a member'),

  pushCredentialMissing: () =>
    new ChatError(52004, 400, 'Credential SID not specified', 'the access token needs a push_credential_sid'),
}

/** What the caller is told. Of an outage, which is not the caller's fault, the log is told as well. */
type Explained = { error: ChatError; isOutage: boolean }

/** Of whatever was thrown; undefined for a fault of our own. */
export function explain(thrown: unknown): Explained | undefined {
  if (thrown instanceof ChatError) return { error: thrown, isOutage: false }
  const isOutage = thrown instanceof DatabaseUnavailable || thrown instanceof MediaStoreUnavailable
  return isOutage ? { error: errors.unavailable(), isOutage } : undefined
}
