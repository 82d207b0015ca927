import type { Peer } from '../peer.ts'
import { objectNotFound } from './errors.ts'
import { parseSyncObject, type SyncType, typeOf } from './objects.ts'
import type { OpenedObject } from './open.ts'

/** The object of this type with this sid or name, as it is now. Throws objectNotFound, accessForbidden. */
export async function requireObject(
  { objects }: Pick<Peer, 'objects'>,
  type: SyncType,
  text: string,
): Promise<OpenedObject> {
  const object = parseSyncObject(text)
  if (!object || typeOf(object) !== type) throw objectNotFound(type)
  return objects.open(object)
}
