// Random things that happen: back ends act through REST, users through SDKs, wires are cut and held.
import fc from 'fast-check'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import type { Action } from '../agent-ops.ts'

export const IDENTITIES = ['ann', 'ben', 'cleo', 'dan']
/** Those who live through everything, each with another client. */
export const LIVING = ['ann', 'ben', 'cleo'] as const
export type Living = (typeof LIVING)[number]

export type World = { rest: ServiceContext; channels: string[] }

export type Happening =
  | { kind: 'rest'; name: string; run(world: World): Promise<unknown> }
  | { kind: 'sdk'; who: Living; act(world: World): Action }
  | { kind: 'wire'; who: Living; what: 'cut' | 'stall' | 'resume' }

const who = fc.constantFrom(...IDENTITIES)
const living = fc.constantFrom(...LIVING)
const place = fc.nat({ max: 7 })
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
)
const bag = fc.dictionary(fc.constantFrom('a', 'b', 'ü'), fc.oneof(fc.integer(), text, fc.constant(null)), {
  maxKeys: 2,
})
const level = fc.constantFrom('default' as const, 'muted' as const)

type Arguments = {
  channel: number
  who: string
  place: number
  text: string
  bag: object
  level: 'default' | 'muted'
}
const given: fc.Arbitrary<Arguments> = fc.record({
  channel: fc.nat({ max: 2 }),
  who,
  place,
  text,
  bag,
  level,
})

/** A happening under its name, so that a failing run can be read. */
export function nameOf(happening: Happening): string {
  if (happening.kind === 'rest') return happening.name
  return happening.kind === 'wire' ? `${happening.what} ${happening.who}` : `${happening.who} acts`
}

type RestVerb = (
  channel: ReturnType<ServiceContext['channels']>,
  given: Arguments,
  rest: ServiceContext,
) => Promise<unknown>

const REST: Record<string, RestVerb> = {
  say: (channel, { who: from, text: body, bag: attributes }) =>
    channel.messages.create({ from, body: body || '-', attributes: JSON.stringify(attributes) }),
  edit: async (channel, { place: at, text: body }) => {
    const sid = await someMessage(channel, at)
    return sid && channel.messages(sid).update({ body: body || '-', lastUpdatedBy: 'the back end' })
  },
  erase: async (channel, { place: at }) => {
    const sid = await someMessage(channel, at)
    return sid && channel.messages(sid).remove()
  },
  add: (channel, { who: identity }) => channel.members.create({ identity }),
  expel: (channel, { who: identity }) => channel.members(identity).remove(),
  invite: (channel, { who: identity }) => channel.invites.create({ identity }),
  uninvite: async (channel) => {
    const [invite] = await channel.invites.list({ limit: 1 })
    return invite && channel.invites(invite.sid).remove()
  },
  describe: (channel, { text: friendlyName, bag: attributes }) =>
    channel.update({ friendlyName, attributes: JSON.stringify(attributes) }),
  horizon: (channel, { who: identity, place: lastConsumedMessageIndex }) =>
    channel.members(identity).update({ lastConsumedMessageIndex }),
  decorate: (channel, { who: identity, bag: attributes }) =>
    channel.members(identity).update({ attributes: JSON.stringify(attributes) }),
  profile: (_channel, { who: identity, text: friendlyName, bag: attributes }, rest) =>
    rest.users(identity).update({ friendlyName, attributes: JSON.stringify(attributes) }),
}

async function someMessage(
  { messages }: ReturnType<ServiceContext['channels']>,
  at: number,
): Promise<string | undefined> {
  const some = await messages.list({ order: 'desc', limit: 8 })
  return some[at % Math.max(1, some.length)]?.sid
}

const restVerb: fc.Arbitrary<Happening> = fc
  .tuple(fc.constantFrom(...Object.keys(REST), 'say', 'say', 'say', 'add'), given)
  .map(([verb, values]) => ({
    kind: 'rest',
    name: `${verb} ${JSON.stringify(values)}`,
    run: ({ rest, channels }) => {
      const sid = channels[values.channel % channels.length] ?? ''
      return REST[verb]?.(rest.channels(sid), values, rest) ?? Promise.resolve()
    },
  }))

/** A channel is deleted, and another one made in its place. */
const replaceChannel: fc.Arbitrary<Happening> = given.map(({ channel, who: identity, bag: attributes }) => ({
  kind: 'rest',
  name: `replace channel ${channel}`,
  async run({ rest, channels }) {
    const at = channel % channels.length
    await rest.channels(channels[at] ?? '').remove()
    const { sid } = await rest.channels.create({ type: 'private', attributes: JSON.stringify(attributes) })
    channels[at] = sid
    await rest.channels(sid).members.create({ identity })
  },
}))

const SDK_VERBS = [
  'send',
  'send',
  'send',
  'edit',
  'mark',
  'remove',
  'join',
  'leave',
  'horizon',
  'level',
  'typing',
  'profile',
] as const

const sdkVerb: fc.Arbitrary<Happening> = fc
  .tuple(living, fc.constantFrom(...SDK_VERBS), given)
  .map(([actor, verb, values]) => ({
    kind: 'sdk',
    who: actor,
    act: ({ channels }) => toAction(verb, channels[values.channel % channels.length] ?? '', values),
  }))

function toAction(verb: (typeof SDK_VERBS)[number], channel: string, given: Arguments): Action {
  const body = given.text || '-'
  switch (verb) {
    case 'send':
      return { do: verb, channel, body }
    case 'edit':
      return { do: verb, channel, message: given.place, body }
    case 'mark':
      return { do: verb, channel, message: given.place, attributes: given.bag }
    case 'remove':
      return { do: verb, channel, message: given.place }
    case 'horizon':
      return { do: verb, channel, index: given.place === 7 ? null : given.place }
    case 'level':
      return { do: verb, channel, level: given.level }
    case 'profile':
      return { do: verb, text: given.text }
    default:
      return { do: verb, channel }
  }
}

const wire: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('wire' as const),
  who: living,
  what: fc.constantFrom('cut' as const, 'stall' as const, 'resume' as const),
})

export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: restVerb },
    { weight: 6, arbitrary: sdkVerb },
    { weight: 3, arbitrary: wire },
    { weight: 1, arbitrary: replaceChannel },
  ),
  { minLength: 20, maxLength: 40, size: 'max' },
)
