// The text of a notification, and keeping all of it within what providers take.

const MAX_CHARACTERS = 178
/** APNs and FCM take this much; it leaves room for what Web Push adds by encrypting. */
const MAX_PAYLOAD_BYTES = 3_900

/** Replaces `${NAME}` where the name is known and leaves it where it is not; then cuts (rest-v2.md §5.1). */
export function renderTemplate(template: string, variables: Readonly<Record<string, string>>): string {
  const text = template.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] as string) : whole,
  )
  return cutText(text)
}

/** The first 178 characters: more than that no notification shows. */
export function cutText(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : [...text].slice(0, MAX_CHARACTERS).join('')
}

/**
 * The payload as JSON. When it is too large, `shorten` is asked for ever smaller ones: with how many characters
 * names and texts may have.
 */
export function fitPayload(make: (longest: number) => object): string {
  let longest = MAX_CHARACTERS * 2
  for (;;) {
    const json = JSON.stringify(make(longest))
    if (Buffer.byteLength(json) <= MAX_PAYLOAD_BYTES || longest === 0) return json
    longest = Math.floor(longest / 2)
  }
}
