// What a frame asks for, by its method (realtime-protocol.md §2.4).
import { parseObject } from '../lib/json.ts'
import { answerRequest } from './answer-request.ts'
import { answerSignIn } from './answer-sign-in.ts'
import { comeBack } from './closings.ts'
import type { Connection } from './connection.ts'
import { setMessageTypes } from './message-types.ts'
import type { Frame } from './twilsock/frame.ts'
import { reply, type Status } from './twilsock/messages.ts'
import { asText } from './values.ts'

const NOT_SIGNED_IN: Status = { code: 401, status: 'Unauthorized', description: 'Send init first' }
const UNKNOWN_METHOD: Status = { code: 400, status: 'Bad Request', description: 'Unknown method' }
/** A client waits for the answer to one before it sends the next. */
const MAX_SIGN_INS = 4
const FAILED: Status = { code: 500, status: 'Internal Server Error' }

/** Every frame that expects a reply gets one. */
export function handleFrame(connection: Connection, frame: Frame): void {
  const id = asText(frame.header.id) ?? ''
  switch (frame.header.method) {
    case 'reply':
    case 'telemetry.v1':
      return
    case 'close':
      connection.leave()
      break
    case 'init':
    case 'update':
      signIn(connection, frame, id)
      break
    default:
      if (connection.peer) handleSignedIn(connection, frame, id)
      else connection.send(reply(id, NOT_SIGNED_IN))
  }
}

function handleSignedIn(connection: Connection, frame: Frame, id: string): void {
  const { header, payload } = frame
  const contextId = asText(header.notification_ctx_id) ?? ''
  switch (header.method) {
    case 'message':
      answerRequest(connection, frame, id)
      break
    case 'put_notification_ctx':
      setMessageTypes(connection, contextId, [parseObject(payload)])
      connection.send(reply(id))
      break
    case 'delete_notification_ctx':
      connection.messageTypes.delete(contextId)
      connection.send(reply(id))
      break
    default:
      connection.send(reply(id, UNKNOWN_METHOD))
      break
  }
}

/** A second init on one connection is an update. */
function signIn(connection: Connection, { header }: Frame, id: string): void {
  if (connection.signInsUnderWay >= MAX_SIGN_INS) {
    connection.end(comeBack('Too many sign-ins at once'))
    return
  }
  connection.beginSignIn()
  connection.signingIn = connection.signingIn.then(async () => {
    try {
      if (connection.isOpen) connection.send(await answerSignIn(connection, header, id))
    } catch (err) {
      connection.context.logger.error({ err }, 'sign-in failed')
      connection.send(reply(id, FAILED))
    } finally {
      connection.endSignIn()
    }
  })
}
