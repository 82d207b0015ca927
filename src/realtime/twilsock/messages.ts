// The frames that the server sends (realtime-protocol.md §2.4 to §2.9), as whole WebSocket frames.
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { toWebSocketFrame } from '../websocket/frames.ts'
import { encodeFrame, encodeMembers, toMembers } from './frame.ts'

export type Status = { code: number; status: string; description?: string; errorCode?: number }

const JSON_TYPE = 'application/json'
const OK: Status = { code: 200, status: 'OK' }

/** `status` is mandatory: without it the client's process ends. */
export function reply(id: string, status: Status = OK, members: object = {}, payload?: object): Buffer {
  const header = { method: 'reply', id, status, ...members }
  if (payload === undefined) return toWebSocketFrame(encodeFrame(header))
  return toWebSocketFrame(encodeFrame({ ...header, payload_type: JSON_TYPE }, JSON.stringify(payload)))
}

/** The answer to a tunnelled request; `json` is the body, empty for none. Headers are read by no client. */
export function httpReply(id: string, httpStatus: number, json: string | Buffer): Buffer {
  const members = `"method":"reply","id":${JSON.stringify(id)},${outcomeOf(httpStatus)}`
  if (json === '') return toWebSocketFrame(encodeMembers(members))
  return toWebSocketFrame(encodeMembers(`${members},"payload_type":"${JSON_TYPE}"`, json))
}

/** What the headers of all answers with one status say, kept. */
const outcomes = new Map<number, string>()

function outcomeOf(code: number): string {
  const known = outcomes.get(code)
  if (known !== undefined) return known
  const status = STATUS_CODES[code] ?? 'Unknown'
  const outcome = toMembers({ status: OK, http_status: { code, status } })
  outcomes.set(code, outcome)
  return outcome
}

type NotificationType = 'twilio.sync.event' | 'twilio.ipmsg.typing_indicator'

/** Goes to any number of clients: what a client knows of the id is that it sends it back. */
export function notification(type: NotificationType, json: string | Buffer): Buffer {
  return toWebSocketFrame(
    encodeFrame(
      {
        method: 'notification',
        id: newFrameId(),
        message_type: type,
        notification_ctx_id: '',
        payload_type: JSON_TYPE,
      },
      json,
    ),
  )
}

export function tokenAboutToExpire(): Buffer {
  return toWebSocketFrame(
    encodeFrame({
      method: 'client_update',
      id: newFrameId(),
      client_update_type: 'token_about_to_expire',
    }),
  )
}

/** Ends the connection with a reason; `reconnectMs` asks the client to stay away for that long. */
export function close(status: Status, reconnectMs?: number): Buffer {
  const header = { method: 'close', id: newFrameId(), status }
  if (reconnectMs === undefined) return toWebSocketFrame(encodeFrame(header))
  return toWebSocketFrame(
    encodeFrame({ ...header, payload_type: JSON_TYPE }, JSON.stringify(backoff(reconnectMs))),
  )
}

export function backoff(reconnectMs: number): object {
  return { backoff_policy: { reconnect_min_ms: reconnectMs } }
}

function newFrameId(): string {
  return `TM${randomUUID().replaceAll('-', '')}`
}
