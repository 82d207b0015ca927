// Beyond the vendor's API: finding channels and messages.
import { requireChannel } from '../../chat/channels.ts'
import { searchChannels as findChannels, searchMessages as findMessages } from '../../chat/searches.ts'
import { requireService } from '../../chat/services.ts'
import { fetchChannel } from '../chat-v2/channels.ts'
import { fetchMessage } from '../chat-v2/messages.ts'
import { oneOf, text } from '../http/fields.ts'
import { listOperation, resourceOf } from '../http/operation.ts'
import { indexTokens, sidTokens } from '../http/page-tokens.ts'

export const searchChannels = listOperation({
  id: 'SearchChannel',
  summary: 'Find channels by the start of either name, by type, and by the identity of a member',
  path: '/parley/v1/Services/:ServiceSid/Channels',
  key: 'channels',
  maxPageSize: 100,
  tokens: sidTokens('CH'),
  query: { Prefix: text.optional, Type: oneOf(['public', 'private']).optional, Member: text.optional },
  async run({ chat, caller, path, query, page }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const search = { prefix: query.Prefix, type: query.Type, memberIdentity: query.Member }
    return findChannels(chat, caller, service, search, page)
  },
  resource: resourceOf(fetchChannel),
})

export const searchMessages = listOperation({
  id: 'SearchMessage',
  summary: 'Find messages of a channel by a text in their body, newest first',
  path: '/parley/v1/Services/:ServiceSid/Channels/:ChannelSid/Messages',
  key: 'messages',
  maxPageSize: 100,
  tokens: indexTokens,
  query: { Text: text },
  async run({ chat, caller, path, query, page }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return findMessages(chat, caller, channel, query.Text, page)
  },
  resource: resourceOf(fetchMessage),
})
