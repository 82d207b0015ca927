// What the answer to a pre-event webhook may change (rest-v2.md §4.4). The verbs check the values afterwards.
import { errors } from '../../chat/errors.ts'
import type { Intent } from '../../chat/intents.ts'
import { backToJson } from '../../lib/json.ts'
import { readSid, type Sid } from '../../lib/sid.ts'

type Answer = Readonly<Record<string, unknown>>

export function applyAnswer<I extends Intent>(intent: I, answer: Answer): I {
  return changed(intent, answer) as I
}

function changed(intent: Intent, answer: Answer): Intent {
  switch (intent.type) {
    case 'message.send':
      return { ...intent, draft: { ...intent.draft, ...messageValues(answer) } }
    case 'message.update':
      return { ...intent, change: { ...intent.change, ...messageValues(answer) } }
    case 'channel.create':
      return { ...intent, draft: { ...intent.draft, ...channelValues(answer) } }
    case 'channel.update':
      return { ...intent, change: { ...intent.change, ...channelValues(answer) } }
    case 'member.add':
      return { ...intent, draft: { ...intent.draft, ...memberValues(answer) } }
    case 'member.update':
      return { ...intent, change: { ...intent.change, ...memberValues(answer) } }
    case 'user.update':
      return { ...intent, change: { ...intent.change, ...userValues(answer) } }
    default:
      return intent
  }
}

function messageValues(answer: Answer) {
  return onlyGiven({
    body: readText(answer, 'body'),
    author: readText(answer, 'author'),
    attributes: readAttributes(answer),
  })
}

function channelValues(answer: Answer) {
  return onlyGiven({
    friendlyName: readFriendlyName(answer),
    uniqueName: readName(answer, 'unique_name'),
    attributes: readAttributes(answer),
  })
}

function memberValues(answer: Answer) {
  return onlyGiven({ roleSid: readRole(answer), attributes: readAttributes(answer) })
}

function userValues(answer: Answer) {
  return onlyGiven({
    friendlyName: readFriendlyName(answer),
    roleSid: readRole(answer),
    attributes: readAttributes(answer),
  })
}

/** Half a character is replaced, as in what clients send. */
function readText(answer: Answer, name: string): string | undefined {
  const value = own(answer, name)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && !value.includes('\0')) return value.toWellFormed()
  throw errors.badRequest(`The webhook's answer has a wrong ${name}: expected a text`)
}

/** An empty text or null takes the name away. */
function readName(answer: Answer, name: string): string | null | undefined {
  return own(answer, name) === null ? null : readText(answer, name)
}

/** Both spellings are in use. */
function readFriendlyName(answer: Answer): string | null | undefined {
  return readName(answer, Object.hasOwn(answer, 'friendly_name') ? 'friendly_name' : 'friendlyName')
}

/** A text that holds JSON, or the JSON itself. */
function readAttributes(answer: Answer): string | undefined {
  const value = own(answer, 'attributes')
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.toWellFormed()
  const text = backToJson(value)
  if (text === undefined) throw errors.attributesNotJson()
  return text
}

function readRole(answer: Answer): Sid<'RL'> | undefined {
  const text = readText(answer, 'role_sid')
  if (text === undefined) return undefined
  const sid = readSid('RL', text)
  if (!sid) throw errors.roleNotFound()
  return sid
}

function own(answer: Answer, name: string): unknown {
  return Object.hasOwn(answer, name) ? answer[name] : undefined
}

function onlyGiven<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
