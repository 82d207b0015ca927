// What a client of the session dialect learns at its start (realtime-protocol.md §9.1).
import type { UserCaller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { requireService } from '../../chat/services.ts'
import type { SessionContext } from './session-lists.ts'

const USER_INFOS = 100

/** The context's content, for whatever the client says it is. */
export function sessionContext(chat: Chat, caller: UserCaller, publicUrl: string): SessionContext {
  const { identity, userSid, serviceSid } = caller
  const base = `/v1/Services/${serviceSid}`
  return async (endpointPlatform) => {
    const service = await requireService(chat, caller, serviceSid)
    return {
      type: 'IpMsgSession',
      apiVersion: '3',
      endpointPlatform,
      identity,
      userInfo: `${userSid}.info`,
      myChannels: `${userSid}.channels`,
      channels: `${userSid}.channels`,
      reachabilityEnabled: service.reachabilityEnabled === 1,
      consumptionReportInterval: `PT${service.consumptionReportInterval}S`,
      httpCacheInterval: 'PT1S',
      userInfosToSubscribe: USER_INFOS,
      links: {
        publicChannelsUrl: `${base}/Channels`,
        myChannelsUrl: `${base}/MyChannels`,
        syncListUrl: `${base}/SyncList`,
        usersUrl: `${base}/Users`,
        typingUrl: '/v1/typing',
        mediaServiceUrl: mediaUrl(publicUrl, serviceSid),
      },
    }
  }
}

/**
 * These clients put `https://mcs.us1.twilio.com` in front of it (§1.3). A value that begins with a dot makes that a
 * name below our own; where our own is one of the vendor's, it is reached as it is.
 */
function mediaUrl(publicUrl: string, serviceSid: string): string {
  const { host, hostname, pathname } = new URL(publicUrl)
  const path = `${pathname.replace(/\/$/, '')}/v1/Services/${serviceSid}/Media`
  return /(^|\.)twilio\.com$/.test(hostname) ? path : `.${host}${path}`
}
