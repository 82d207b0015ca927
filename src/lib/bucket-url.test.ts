import { expect, test } from 'vitest'
import { parseBucketUrl } from './bucket-url.ts'

const plain = { bucket: 'files', prefix: '', endpoint: null, region: null, pathStyle: false }

test.each([
  ['s3://files', plain],
  ['s3://files/', plain],
  ['s3://files/chat/media/', { ...plain, prefix: 'chat/media' }],
  ['s3://my.files-1?region=eu-west-1', { ...plain, bucket: 'my.files-1', region: 'eu-west-1' }],
  [
    's3://files/a?endpoint=http://minio:9000&path-style=on',
    { ...plain, prefix: 'a', endpoint: 'http://minio:9000', pathStyle: true },
  ],
  ['s3://files?path-style=off', plain],
])('%s', (text, address) => {
  expect(parseBucketUrl(text)).toEqual(address)
})

test.each([
  ...['', 'files', 's3:files', 's3://', 's3://a', 's3://Files', 's3://-files', 'https://files', '/var/media'],
  ...['s3://files?endpoint=minio', 's3://files?endpoint=ftp://minio', 's3://files?region=eu west'],
  ...['s3://files?path-style=yes', 's3://files?pathStyle=on', 's3://files#part', 's3://user:pw@files'],
])('%j is no address of a bucket', (text) => {
  expect(parseBucketUrl(text)).toBeUndefined()
})
