// The address of a bucket, as a setting has it: s3://BUCKET/PREFIX?endpoint=URL&region=NAME&path-style=on

export type BucketAddress = {
  bucket: string
  /** Without slashes at its ends; empty for none. */
  prefix: string
  /** Null: as the environment or the region says. */
  endpoint: string | null
  region: string | null
  /** The bucket is named in the path and not in the host. */
  pathStyle: boolean
}

const PATTERN = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/[^?#]*)?(\?[^#]*)?$/
const OPTIONS: Record<string, (value: string) => boolean> = {
  endpoint: (value) => /^https?:\/\/[^/]/.test(value) && URL.canParse(value),
  region: (value) => /^[a-z0-9-]+$/.test(value),
  'path-style': (value) => value === 'on' || value === 'off',
}

/** Undefined for what is no such address, or has an option that is not known. */
export function parseBucketUrl(text: string): BucketAddress | undefined {
  const [, bucket, path = '', query = ''] = PATTERN.exec(text) ?? []
  if (!bucket) return undefined
  const options = new URLSearchParams(query)
  for (const [name, value] of options) {
    if (!Object.hasOwn(OPTIONS, name) || !OPTIONS[name]?.(value)) return undefined
  }
  return {
    bucket,
    prefix: path.replace(/^\/+|\/+$/g, ''),
    endpoint: options.get('endpoint'),
    region: options.get('region'),
    pathStyle: options.get('path-style') === 'on',
  }
}
