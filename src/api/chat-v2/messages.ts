import { requireChannelRef } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { mediaOf } from '../../chat/media.ts'
import {
  listMessages as list,
  removeMessage,
  requireMessage,
  sendMessage,
  updateMessage as update,
} from '../../chat/messages.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { MessageContent, MessageMedia } from '../../store/messages.ts'
import { type FieldValues, instant, oneOf, sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { indexTokens } from '../http/page-tokens.ts'
import {
  booleanSchema,
  dateTime,
  enumSchema,
  integerSchema,
  nullable,
  object,
  resource,
  sidSchema,
  string,
  uri,
} from '../http/resource.ts'
import { channelUrl } from './urls.ts'

const COLLECTION = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Messages'
const INSTANCE = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Messages/:Sid'

const message = resource(
  'Message',
  {
    sid: sidSchema('IM'),
    account_sid: sidSchema('AC'),
    attributes: string,
    service_sid: sidSchema('IS'),
    to: sidSchema('CH'),
    channel_sid: sidSchema('CH'),
    date_created: dateTime,
    date_updated: dateTime,
    last_updated_by: nullable(string),
    was_edited: booleanSchema,
    from: string,
    body: string,
    index: integerSchema,
    type: enumSchema('text', 'media'),
    media: nullable(object),
    url: uri,
  },
  (m: MessageContent, context) => ({
    sid: m.sid,
    account_sid: context.accountSid,
    attributes: m.attributes,
    service_sid: m.serviceSid,
    to: m.channelSid,
    channel_sid: m.channelSid,
    date_created: formatSeconds(m.createdAt),
    date_updated: formatSeconds(m.updatedAt),
    last_updated_by: m.lastUpdatedBy,
    was_edited: m.wasEdited === 1,
    from: m.author,
    body: m.body ?? '',
    index: m.messageIndex,
    type: m.media === null ? 'text' : 'media',
    media: presentMedia(mediaOf(m)),
    url: `${channelUrl(context, m)}/Messages/${m.sid}`,
  }),
)

/** A message of this API has one media object: the first. */
function presentMedia([media]: MessageMedia[]): object | null {
  if (!media) return null
  return { sid: media.sid, size: media.size, content_type: media.contentType, filename: media.filename }
}

const changeForm = {
  From: text.optional,
  Attributes: text.optional,
  DateCreated: instant(errors.invalidDateCreated).optional,
  DateUpdated: instant(errors.invalidDateUpdated).optional,
  LastUpdatedBy: text.optional,
  Body: text.optional,
}

const toChange = (form: FieldValues<typeof changeForm>) => ({
  author: form.From,
  attributes: form.Attributes,
  createdAt: form.DateCreated,
  updatedAt: form.DateUpdated,
  lastUpdatedBy: form.LastUpdatedBy,
  body: form.Body,
})

export const createMessage = operation({
  id: 'CreateMessage',
  summary: 'Send a message',
  method: 'POST',
  path: COLLECTION,
  status: 201,
  webhookHeader: true,
  form: { ...changeForm, MediaSid: sid('ME', errors.invalidMediaSid).optional },
  async run({ chat, caller, path, form }) {
    const channel = await requireChannelRef(chat, caller, path.ServiceSid, path.ChannelSid)
    const draft = toChange(form)
    if (form.MediaSid !== undefined) {
      return sendMessage(chat, caller, channel, { ...draft, mediaSids: [form.MediaSid] })
    }
    return sendMessage(chat, caller, channel, { ...draft, body: draft.body ?? '' })
  },
  resource: message,
})

export const listMessages = listOperation({
  id: 'ListMessage',
  summary: 'List the messages of a channel by index',
  path: COLLECTION,
  key: 'messages',
  maxPageSize: 100,
  tokens: indexTokens,
  query: { Order: oneOf(['asc', 'desc']).optional },
  alwaysShown: (query) => ({ Order: query.Order ?? 'asc' }),
  async run({ chat, caller, path, query, page }) {
    const channel = await requireChannelRef(chat, caller, path.ServiceSid, path.ChannelSid)
    return list(chat, channel, query.Order ?? 'asc', page)
  },
  resource: message,
})

export const fetchMessage = operation({
  id: 'FetchMessage',
  summary: 'Fetch a message',
  method: 'GET',
  path: INSTANCE,
  status: 200,
  async run({ chat, caller, path }) {
    const channel = await requireChannelRef(chat, caller, path.ServiceSid, path.ChannelSid)
    return requireMessage(chat, channel, path.Sid)
  },
  resource: message,
})

export const updateMessage = operation({
  id: 'UpdateMessage',
  summary: 'Edit a message',
  method: 'POST',
  path: INSTANCE,
  status: 200,
  webhookHeader: true,
  form: changeForm,
  async run({ chat, caller, path, form }) {
    const channel = await requireChannelRef(chat, caller, path.ServiceSid, path.ChannelSid)
    return update(chat, caller, channel, await requireMessage(chat, channel, path.Sid), toChange(form))
  },
  resource: message,
})

export const deleteMessage = operation({
  id: 'DeleteMessage',
  summary: 'Delete a message; the indexes of others stay',
  method: 'DELETE',
  path: INSTANCE,
  status: 204,
  webhookHeader: true,
  async run({ chat, caller, path }) {
    const channel = await requireChannelRef(chat, caller, path.ServiceSid, path.ChannelSid)
    await removeMessage(chat, caller, channel, await requireMessage(chat, channel, path.Sid))
  },
})
