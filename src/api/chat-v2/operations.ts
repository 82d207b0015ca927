// Every operation of the Chat REST API v2, and the one of v3.
import type { Operation } from '../http/operation.ts'
import * as bindings from './bindings.ts'
import * as channelWebhooks from './channel-webhooks.ts'
import * as channels from './channels.ts'
import * as credentials from './credentials.ts'
import * as invites from './invites.ts'
import * as members from './members.ts'
import * as messages from './messages.ts'
import * as roles from './roles.ts'
import * as services from './services.ts'
import * as userChannels from './user-channels.ts'
import * as users from './users.ts'

export const chatV2Operations: readonly Operation[] = [
  credentials,
  services,
  roles,
  users,
  bindings,
  userChannels,
  channels,
  members,
  messages,
  invites,
  channelWebhooks,
].flatMap((resource): Operation[] => Object.values(resource))
