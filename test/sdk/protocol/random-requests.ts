// Requests that are more or less what the router expects.
import fc from 'fast-check'

export type RandomRequest = {
  verb: string
  path: string
  params: Record<string, string | string[]>
  body: string
  payloadType: string
}

/** What a client knows: names and SIDs it has met, and paths it was given. */
export type Known = { words: readonly string[]; paths: readonly string[] }

const STEPS = 'Participants Messages Invites Items Context Receipts 0 .. % %00 %ff %2F'.split(' ')
const ODD = ['\u0000', '', '💥', 'x'.repeat(400)]
const PATHS = `/v3/Documents /v3/Maps /v3/Lists /v4/Subscriptions /v1/typing /v1/registrations
  /Client/v2/ContentTemplates /v1 /`.split(/\s+/)
const PARAMS = `PageSize Order From PageToken Key Index Include ConversationSid ChannelSid productId
  MessageSid`.split(/\s+/)
const MEMBERS = `body attributes identity friendly_name unique_name type last_consumed_message_index
  last_read_message_index notification_level requests action correlation_id purpose context data endpoint_platform
  channel_type media_sid media_sids messaging_binding`.split(/\s+/)
const VALUES = ['-1', '1e9', 'NaN', 'asc', '{}', '[]', '\u0000']

export function randomRequest({ words, paths }: Known): fc.Arbitrary<RandomRequest> {
  const value = fc.oneof(fc.constantFrom(...words, ...VALUES), fc.string({ unit: 'binary', maxLength: 20 }))
  const step = fc.constantFrom(...words, ...STEPS, ...ODD)
  const member = fc.oneof(value, fc.anything({ maxDepth: 2 }))
  const object = fc.dictionary(fc.constantFrom(...MEMBERS), member, { maxKeys: 4 })
  return fc.record({
    verb: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'DELETE', 'PUT', 'PATCH', 'get', ''),
    path: fc
      .tuple(fc.constantFrom(...paths, ...PATHS), fc.array(step, { maxLength: 3 }))
      .map(([base, rest]) => [base, ...rest].join('/')),
    params: fc.dictionary(fc.constantFrom(...PARAMS), fc.oneof(value, fc.array(value, { maxLength: 2 })), {
      maxKeys: 3,
    }),
    body: fc.oneof(
      { weight: 5, arbitrary: object.map((body) => JSON.stringify(body)) },
      { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 40 })) },
    ),
    payloadType: fc.constantFrom(
      'application/json',
      'application/json',
      'application/x-www-form-urlencoded',
      '',
    ),
  })
}
