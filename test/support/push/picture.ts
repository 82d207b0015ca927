// A picture that has been uploaded and that no message has yet.
import { newSid, type Sid } from '../../../src/lib/sid.ts'
import { insertMedia, type Media } from '../../../src/store/media.ts'
import type { Scene } from './scene.ts'

export async function givenPicture({ server, serviceSid }: Scene): Promise<Media> {
  const now = Date.now()
  const media: Media = {
    ...{ sid: newSid('ME'), serviceSid: serviceSid as Sid<'IS'>, channelSid: null, messageSid: null },
    ...{ author: 'alice', filename: 'cat.png', contentType: 'image/png', size: 20_480 },
    ...{ category: 'media', uploadedAt: now, discarded: 0, createdAt: now, updatedAt: now },
  }
  await server.app.chat.db.transaction((tx) => insertMedia(tx, media))
  return media
}
