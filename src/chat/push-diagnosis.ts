// "Why did this user get no push?", step by step: every condition of a push, and whether it is met now.
import { readProviderCredential, UnusableCredential } from '../lib/push-credentials.ts'
import type { Sid } from '../lib/sid.ts'
import { type Binding, listAllBindingsOf } from '../store/bindings.ts'
import type { Channel } from '../store/channels.ts'
import { type Credential, findCredential } from '../store/credentials.ts'
import { listLastPushes } from '../store/pushes.ts'
import type { Service } from '../store/services.ts'
import { findUserChannel } from '../store/user-channels.ts'
import type { User } from '../store/users.ts'
import type { Chat } from './chat.ts'
import type { NotificationSettings } from './notification-settings.ts'
import { type PushType, settingOf } from './push-dialect.ts'
import { findMismatch } from './push-fit.ts'

type DiagnosisStep = {
  step:
    | 'setting'
    | 'membership'
    | 'notification_level'
    | 'device'
    | 'message_types'
    | 'credential'
    | 'last_push'
  passed: boolean
  explanation: string
  /** For a step that is about one device. */
  bindingSid: Sid<'BS'> | null
}

export type Diagnosis = {
  service: Service
  user: User
  channelSid: Sid<'CH'> | null
  type: PushType
  /** A push of this type would go out to at least one device now. */
  wouldBeSent: boolean
  /** The first thing that is in the way, or that nothing is. */
  summary: string
  steps: DiagnosisStep[]
}

export async function diagnosePush(
  chat: Chat,
  service: Service,
  user: User,
  type: PushType,
  channel: Channel | null,
): Promise<Diagnosis> {
  const bindings = await listAllBindingsOf(chat.db, [user.sid])
  const general = [
    checkSetting(service, type),
    ...(channel && type === 'new_message' ? await checkChannel(chat, user, channel) : []),
    checkDevices(user, bindings),
  ]
  const devices = await Promise.all(bindings.map((binding) => checkDevice(chat, service, binding, type)))
  const ready = devices.filter((steps) => steps.every(meetsCondition)).length
  const wouldBeSent = general.every(meetsCondition) && ready > 0
  const steps = [...general, ...devices.flat()]
  const obstacle = steps.find((step) => !(wouldBeSent ? step.passed : meetsCondition(step)))
  const summary =
    wouldBeSent && obstacle === undefined
      ? `A push would be sent now, to ${ready} ${ready === 1 ? 'device' : 'devices'}`
      : (obstacle?.explanation ?? '')
  return { service, user, channelSid: channel?.sid ?? null, type, wouldBeSent, summary, steps }
}

/** How the last push went is no condition of the next. */
function meetsCondition({ step, passed }: DiagnosisStep): boolean {
  return passed || step === 'last_push'
}

function checkSetting(service: Service, type: PushType): DiagnosisStep {
  const setting = settingOf[type]
  const settings: NotificationSettings = JSON.parse(service.notifications)
  const name = `Notifications.${setting.charAt(0).toUpperCase()}${setting.slice(1)}.Enabled`
  return settings[setting].enabled
    ? general('setting', true, `The service has ${name} on`)
    : general('setting', false, `The service has ${name} off: nobody gets this push`)
}

async function checkChannel({ db }: Chat, user: User, channel: Channel): Promise<DiagnosisStep[]> {
  const view = await findUserChannel(db, user, channel.sid)
  if (view?.status !== 'joined') {
    const who = `${user.identity} is ${view ? 'only invited to' : 'not in'} the channel`
    return [general('membership', false, `${who}: members are told of messages`)]
  }
  const isMuted = view.notificationLevel === 'muted'
  return [
    general('membership', true, `${user.identity} is a member of the channel`),
    general(
      'notification_level',
      !isMuted,
      isMuted ? `${user.identity} has muted the channel` : `${user.identity} has not muted the channel`,
    ),
  ]
}

function checkDevices(user: User, bindings: readonly Binding[]): DiagnosisStep {
  const { identity } = user
  if (bindings.length > 0) {
    return general('device', true, `${identity} has ${bindings.length} registered: ${sidsOf(bindings)}`)
  }
  const why =
    user.isNotifiable === 0
      ? 'it has signed off, or the push provider said that it is gone'
      : 'the app has never called setPushRegistrationId, or its access token has no push_credential_sid'
  return general('device', false, `${identity} has no device registered: ${why}`)
}

async function checkDevice(
  chat: Chat,
  service: Service,
  binding: Binding,
  type: PushType,
): Promise<DiagnosisStep[]> {
  const about = (step: DiagnosisStep['step'], passed: boolean, explanation: string): DiagnosisStep => ({
    step,
    passed,
    explanation,
    bindingSid: binding.sid,
  })
  const wants = JSON.parse(binding.messageTypes).includes(type)
  const credential = await findCredential(chat.db, service.accountSid, binding.credentialSid)
  const problem = credential
    ? findProblem(binding, credential, chat.now())
    : `there is no credential ${binding.credentialSid}`
  const [last] = await listLastPushes(chat.db, binding.sid, 1)
  const said = last?.reason ?? null
  return [
    about('message_types', wants, `The device ${wants ? 'wants' : 'has not asked for'} ${type}`),
    problem === null
      ? about('credential', true, `Credential ${binding.credentialSid} can be used`)
      : about('credential', false, `Credential ${binding.credentialSid} cannot be used: ${problem}`),
    ...(last
      ? [
          about(
            'last_push',
            said === null,
            `The last push known, ${last.sid}, is ${last.state}${said ? `: ${said}` : ''}`,
          ),
        ]
      : []),
  ]
}

function findProblem(binding: Binding, credential: Credential, now: number): string | null {
  try {
    return findMismatch(binding, credential, readProviderCredential(credential, now))
  } catch (error) {
    if (error instanceof UnusableCredential) return error.message
    throw error
  }
}

function general(step: DiagnosisStep['step'], passed: boolean, explanation: string): DiagnosisStep {
  return { step, passed, explanation, bindingSid: null }
}

function sidsOf(bindings: readonly Binding[]): string {
  return bindings.map(({ sid }) => sid).join(', ')
}
