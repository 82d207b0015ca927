// Cross-origin headers on every answer (rest-v2.md §1.5).

export type CorsHeaders = (origin: string | undefined) => Record<string, string>

const COMMON = {
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'access-control-allow-headers':
    'Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range, X-Twilio-Token, X-Twilio-Webhook-Enabled',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers':
    'Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Twilio-Request-Id, Twilio-Request-Duration, Retry-After',
}

/** With a list of origins, the one that asks is echoed if it is listed; without, every origin may read. */
export function createCors(origins: readonly string[] | null): CorsHeaders {
  if (origins === null) {
    const headers = { ...COMMON, 'access-control-allow-origin': '*' }
    return () => headers
  }
  const allowed = new Set(origins)
  return (origin) => {
    const headers = { ...COMMON, vary: 'Origin' }
    return origin && allowed.has(origin) ? { ...headers, 'access-control-allow-origin': origin } : headers
  }
}
