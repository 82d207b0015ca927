// Everything that clients can ask for over the socket.
import { createRouter } from './router.ts'
import { channelRoutes } from './sdk/channels.ts'
import { configurationRoutes } from './sdk/configuration.ts'
import { contentTemplateRoutes } from './sdk/content-templates.ts'
import { inviteRoutes } from './sdk/invites.ts'
import { memberRoutes } from './sdk/members.ts'
import { messageRoutes } from './sdk/messages.ts'
import { ownChannelRoutes } from './sdk/own-channels.ts'
import { registrationRoutes } from './sdk/registrations.ts'
import { userRoutes } from './sdk/users.ts'
import { sessionReadRoutes } from './session/reads.ts'
import { sessionRoutes } from './session/routes.ts'
import { syncRoutes } from './sync/routes.ts'
import { typingRoutes } from './typing.ts'

export const findRoute = createRouter([
  ...syncRoutes,
  ...configurationRoutes,
  ...channelRoutes,
  ...memberRoutes,
  ...inviteRoutes,
  ...messageRoutes,
  ...userRoutes,
  ...ownChannelRoutes,
  ...contentTemplateRoutes,
  ...sessionRoutes,
  ...sessionReadRoutes,
  ...typingRoutes,
  ...registrationRoutes,
])
