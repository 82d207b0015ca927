// The paths of resources, for `url` and `links`: always with sids, never with names (rest-v2.md §1.7).
import type { Sid } from '../../lib/sid.ts'
import type { PresentContext } from '../http/operation.ts'

type InService = { serviceSid: Sid<'IS'> }
type InChannel = InService & { channelSid: Sid<'CH'> }

export const serviceUrl = ({ baseUrl }: PresentContext, sid: Sid<'IS'>): string =>
  `${baseUrl}/v2/Services/${sid}`

export const channelUrl = (context: PresentContext, { serviceSid, channelSid }: InChannel): string =>
  `${serviceUrl(context, serviceSid)}/Channels/${channelSid}`

export const memberUrl = (context: PresentContext, place: InChannel, sid: Sid<'MB'>): string =>
  `${channelUrl(context, place)}/Members/${sid}`

/** `user` is a sid, or an identity where the hosted service writes one. */
export const userUrl = (context: PresentContext, { serviceSid }: InService, user: string): string =>
  `${serviceUrl(context, serviceSid)}/Users/${encodeURIComponent(user)}`
