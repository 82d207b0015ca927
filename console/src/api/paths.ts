// Addresses of the API.

const encode = encodeURIComponent

export const servicesPath = '/v2/Services'
export const credentialsPath = '/v2/Credentials'

export function servicePath(service: string): string {
  return `${servicesPath}/${encode(service)}`
}

export function channelPath(service: string, channel: string): string {
  return `${servicePath(service)}/Channels/${encode(channel)}`
}

export function userPath(service: string, user: string): string {
  return `${servicePath(service)}/Users/${encode(user)}`
}

export function mediaPath(service: string, media: string): string {
  return `/v1/Services/${encode(service)}/Media/${encode(media)}`
}

/** What Parley has beyond the vendor's API. */
export function extraPath(service: string): string {
  return `/parley/v1/Services/${encode(service)}`
}

/** The path with the filters that are set. */
export function withQuery(path: string, query: Record<string, string>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
