// Events of the SDKs in plain data, whichever vocabulary they use.
import type { Recorder } from './recorder.ts'

/** Our name, and the one that conversations has for it. */
const RENAMED: Record<string, string> = {
  channelAdded: 'conversationAdded',
  channelJoined: 'conversationJoined',
  channelLeft: 'conversationLeft',
  channelRemoved: 'conversationRemoved',
  channelUpdated: 'conversationUpdated',
  memberJoined: 'participantJoined',
  memberLeft: 'participantLeft',
  memberUpdated: 'participantUpdated',
}
const CHAT_ONLY = ['channelInvited']
const COMMON = [
  'messageAdded',
  'messageUpdated',
  'messageRemoved',
  'typingStarted',
  'typingEnded',
  'userSubscribed',
  'userUnsubscribed',
  'userUpdated',
  'connectionStateChanged',
  'connectionError',
  'stateChanged',
  'tokenAboutToExpire',
  'tokenExpired',
  'pushNotification',
]

type Emitter = { on(event: string, listener: (value: unknown) => void): unknown }

/** Records every event of the client under the names of twilio-chat. */
export function recordEvents(
  client: Emitter,
  vocabulary: 'chat' | 'conversations',
  recorder: Recorder,
): void {
  const listen = (event: string, name = event): void => {
    client.on(name, (value) => recorder.record(event, digest(event, value)))
  }
  for (const event of COMMON) listen(event)
  for (const [event, renamed] of Object.entries(RENAMED)) {
    listen(event, vocabulary === 'chat' ? event : renamed)
  }
  if (vocabulary === 'chat') for (const event of CHAT_ONLY) listen(event)
}

type Facts = Record<string, any>

function digest(event: string, value: unknown): Facts {
  if (typeof value === 'string') return { state: value }
  if (typeof value !== 'object' || value === null) return {}
  const { updateReasons: reasons, ...named } = value as Facts
  const subject = reasons === undefined ? value : subjectOf(named)
  const facts = factsOf(event, subject as Facts)
  return reasons === undefined ? facts : { ...facts, reasons: [...reasons] }
}

function subjectOf({ channel, conversation, member, participant, message, user }: Facts): Facts {
  return message ?? member ?? participant ?? user ?? channel ?? conversation
}

function factsOf(event: string, subject: Facts): Facts {
  const parent = subject.channel ?? subject.conversation
  if (event.startsWith('message')) {
    const { index, body, author } = subject
    return { channel: parent.sid, index, body, author }
  }
  if (event.startsWith('member') || event.startsWith('typing')) {
    return { channel: parent.sid, identity: subject.identity, horizon: horizonOf(subject) }
  }
  if (event.startsWith('channel')) return { channel: subject.sid, status: subject.status }
  if (event.startsWith('user')) return { identity: subject.identity, friendlyName: subject.friendlyName }
  const { terminal, message, httpStatusCode, errorCode } = subject
  return { terminal, message, httpStatusCode, errorCode }
}

function horizonOf({ lastConsumedMessageIndex, lastReadMessageIndex }: Facts): unknown {
  return lastConsumedMessageIndex ?? lastReadMessageIndex ?? null
}
