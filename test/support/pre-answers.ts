// Actions that a user's webhook is asked about, answers to them, and what each answer makes of each action.
import { createChannel, updateChannel } from '../../src/chat/channels.ts'
import { addMember } from '../../src/chat/members.ts'
import { sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { updateUser } from '../../src/chat/users.ts'
import type { Actors } from './webhook-scene.ts'

export type Values = Record<string, unknown>
export type Kind = 'message' | 'channel' | 'member' | 'user'
/** What is different from what the user wanted, or the refusal. */
export type Effect = { values: Values } | { refusal: { code?: number; status?: number } }
export type Scene = Actors & { messageSid: string; hallSid: string }

export type Action = {
  kind: Kind
  /** `n` keeps actions apart. */
  act(scene: Scene, n: number): Promise<object>
  /** What comes of it when nobody interferes. */
  wanted(scene: Scene, n: number): Promise<Values>
}

export const ACTIONS = {
  sendMessage: {
    kind: 'message',
    act: async ({ chat, alice, channel }, n) =>
      sendMessage(chat, alice, await channel(), { body: `mine ${n}`, attributes: '"mine"' }),
    wanted: async (_, n) => ({ body: `mine ${n}`, author: 'alice', attributes: '"mine"' }),
  },
  updateMessage: {
    kind: 'message',
    act: async ({ chat, alice, channel, message, messageSid }, n) =>
      updateMessage(chat, alice, await channel(), await message(messageSid), { body: `mine ${n}` }),
    wanted: async ({ message, messageSid }, n) => {
      const { author, attributes } = await message(messageSid)
      return { author, attributes, body: `mine ${n}` }
    },
  },
  createChannel: {
    kind: 'channel',
    act: async ({ chat, alice, service }, n) =>
      createChannel(chat, alice, await service(), { friendlyName: `mine ${n}`, attributes: '"mine"' }),
    wanted: async (_, n) => ({ friendlyName: `mine ${n}`, uniqueName: null, attributes: '"mine"' }),
  },
  updateChannel: {
    kind: 'channel',
    act: async ({ chat, alice, channel, hallSid }, n) =>
      updateChannel(chat, alice, await channel(hallSid), { friendlyName: `mine ${n}` }),
    wanted: async ({ channel, hallSid }, n) => {
      const { uniqueName, attributes } = await channel(hallSid)
      return { uniqueName, attributes, friendlyName: `mine ${n}` }
    },
  },
  addMember: {
    kind: 'member',
    act: async ({ chat, alice, channel }, n) =>
      addMember(chat, alice, await channel(), { identity: `guest ${n}`, attributes: '"mine"' }),
    wanted: async ({ service }, n) => ({
      ...{ identity: `guest ${n}`, attributes: '"mine"' },
      roleSid: (await service()).defaultChannelRoleSid,
    }),
  },
  updateUser: {
    kind: 'user',
    act: async ({ chat, alice, service, user }, n) =>
      updateUser(chat, alice, await service(), await user(), { friendlyName: `mine ${n}` }),
    wanted: async ({ user }, n) => {
      const { attributes, roleSid } = await user()
      return { attributes, roleSid, friendlyName: `mine ${n}` }
    },
  },
} satisfies Record<string, Action>
export type ActionName = keyof typeof ACTIONS
export const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[]

/** An answer's body, and the effect it has; on kinds that are not named, none. */
export type Answer = { body: string; effects: Partial<Record<Kind, Effect>> }

export const UNCHANGED: Effect = { values: {} }
const NO_ROLE = `RL${'0'.repeat(32)}`

const give = (values: Values): Effect => ({ values })
const refuse = (code: number): Effect => ({ refusal: { code } })
const forAll = (effect: Effect) => ({ message: effect, channel: effect, member: effect, user: effect })
const named = (effect: Effect) => ({ channel: effect, user: effect })
const json = (answer: unknown, effects: Answer['effects'] = {}): Answer => ({
  body: JSON.stringify(answer),
  effects,
})
const plain = (body: string): Answer => ({ body, effects: {} })

/** Answers that leave everything as it was wanted. */
export const IDLE: Record<string, Answer> = {
  nothing: plain(''),
  'an empty object': plain(' {} \r\n'),
  'an array': plain('[{"body":"theirs"}]'),
  'a text': plain('"theirs"'),
  'a number': plain('5'),
  null: plain('null'),
  'half an object': plain('{"body":"theirs"'),
  'a form': plain('body=theirs'),
  'a page': plain('<html><body>theirs</body></html>'),
  'a large page': plain(`<html>${'x'.repeat(1_000_000)}`),
  'unknown fields': json({
    Body: 'x',
    identity: 'x',
    sid: 'x',
    index: 9,
    from: 'x',
    type: 'private',
    a: [{}],
  }),
}

/** Answers that change what was wanted; `n` keeps unique names apart. */
export function changes(n: number, roles: Scene['roles']): Record<string, Answer> {
  const attributes = `{ "by": "webhook ${n}" }`
  return {
    body: json({ body: `theirs ${n}` }, { message: give({ body: `theirs ${n}` }) }),
    'an empty body': json({ body: '' }, { message: give({ body: '' }) }),
    author: json({ author: `nobody ${n}` }, { message: give({ author: `nobody ${n}` }) }),
    'attributes as a text': json({ attributes }, forAll(give({ attributes }))),
    'attributes as an object': json(
      { attributes: { by: [n, 'webhook'] } },
      forAll(give({ attributes: `{"by":[${n},"webhook"]}` })),
    ),
    friendly_name: json({ friendly_name: `theirs ${n}` }, named(give({ friendlyName: `theirs ${n}` }))),
    friendlyName: json({ friendlyName: `theirs ${n}` }, named(give({ friendlyName: `theirs ${n}` }))),
    'a null friendly_name': json({ friendly_name: null }, named(give({ friendlyName: null }))),
    'a null friendlyName': json({ friendlyName: null }, named(give({ friendlyName: null }))),
    'both names': json(
      { friendlyName: `not this ${n}`, friendly_name: null },
      named(give({ friendlyName: null })),
    ),
    'a null unique_name': json({ unique_name: null }, { channel: give({ uniqueName: null }) }),
    unique_name: json({ unique_name: `unique ${n}` }, { channel: give({ uniqueName: `unique ${n}` }) }),
    'the role of a channel': json(
      { role_sid: roles.channel },
      { member: give({ roleSid: roles.channel }), user: refuse(50102) },
    ),
    'the role of a service': json(
      { role_sid: roles.service },
      { member: refuse(50101), user: give({ roleSid: roles.service }) },
    ),
    everything: json(
      { body: 'b', author: 'a', attributes, friendly_name: 'f', unique_name: `all ${n}`, more: true },
      {
        message: give({ body: 'b', author: 'a', attributes }),
        channel: give({ friendlyName: 'f', uniqueName: `all ${n}`, attributes }),
        member: give({ attributes }),
        user: give({ friendlyName: 'f', attributes }),
      },
    ),
  }
}

/** Answers with a value that is refused as it would be from the user. */
export const WRONG: Record<string, Answer> = {
  'a long body': json({ body: 'b'.repeat(32_769) }, { message: refuse(50504) }),
  'a body of many bytes': json({ body: 'ä'.repeat(16_385) }, { message: refuse(50504) }),
  'a body that is a number': json({ body: 5 }, { message: { refusal: { status: 400 } } }),
  'a long author': json({ author: 'a'.repeat(257) }, { message: refuse(50310) }),
  'attributes that are nested too deeply': {
    body: `{"attributes":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    effects: forAll(refuse(50304)),
  },
  'broken attributes': json({ attributes: '{' }, forAll(refuse(50304))),
  'long attributes': json({ attributes: `"${'a'.repeat(32_767)}"` }, forAll(refuse(50303))),
  'large attributes as an object': json({ attributes: { a: 'a'.repeat(32_767) } }, forAll(refuse(50303))),
  'a long friendly_name': json({ friendly_name: 'f'.repeat(257) }, named(refuse(50003))),
  'a long friendlyName': json({ friendlyName: 'f'.repeat(257) }, named(refuse(50003))),
  'a long unique_name': json({ unique_name: 'u'.repeat(257) }, { channel: refuse(50004) }),
  'a unique_name like a sid': json({ unique_name: `CH${'0'.repeat(32)}` }, { channel: refuse(50306) }),
  'a taken unique_name': json({ unique_name: 'lobby' }, { channel: refuse(50307) }),
  'an unknown role': json({ role_sid: NO_ROLE }, { member: refuse(50100), user: refuse(50100) }),
  'one wrong value among good ones': json(
    { body: 'b', author: 'a', friendly_name: 'f', unique_name: 'u', attributes: 'no JSON' },
    forAll(refuse(50304)),
  ),
}
