// What anybody uploaded is served so that no browser runs it: neither as a page, nor as a script of another page.
import { create } from 'content-disposition'
import type { Media } from '../../store/media.ts'

type Serving = { contentType: string; contentDisposition: string }

/** What browsers show by themselves and cannot run. */
const SHOWN =
  /^(image\/(png|jpeg|gif|webp|avif|bmp|heic|heif)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain)(;|$)/
/** Pages, scripts, styles, and what can hold them. Pictures in SVG are shown by pages, which run nothing in them. */
const RUNNABLE =
  /html|(java|ecma|live|j)script|^(text|application)\/(xml|css|xsl|wasm|x-shockwave-flash)|(?<!svg)\+xml|^(multipart|message)\//

/** How a file is to be named in the answer. What is not known to be harmless is to be saved, not shown. */
export function servingOf({ contentType, filename }: Media): Serving {
  const [essence = ''] = contentType.toLowerCase().split(';')
  const isShown = SHOWN.test(essence)
  return {
    contentType: RUNNABLE.test(essence) ? 'application/octet-stream' : contentType,
    contentDisposition: create(filename ?? undefined, { type: isShown ? 'inline' : 'attachment' }),
  }
}

/** For answers of this server; a bucket cannot send them. */
export const PROTECTION: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
}
