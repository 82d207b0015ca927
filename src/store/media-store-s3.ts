// Media as objects in a bucket of Amazon S3 or of a server that speaks its API. Credentials come the SDK's usual ways.
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { BucketAddress } from '../lib/bucket-url.ts'
import type { MediaKey, MediaStore } from './media-store.ts'

/** The smallest part that S3 takes, one at a time: what a file needs of memory, whatever its size. */
const PART_BYTES = 5 * 1024 * 1024
const PARTS_AT_ONCE = 1

export function openS3Store({ bucket, prefix, endpoint, region, pathStyle }: BucketAddress): MediaStore {
  const client = new S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    forcePathStyle: pathStyle,
    // Newer checksums than MD5 are not known to every server that speaks S3.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const keyOf = ({ serviceSid, sid }: MediaKey): string =>
    [prefix, serviceSid, sid].filter((part) => part !== '').join('/')
  return {
    async write(key, content) {
      const upload = new Upload({
        client,
        params: { Bucket: bucket, Key: keyOf(key), Body: content },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      })
      try {
        await upload.done()
      } finally {
        content.destroy()
      }
    },
    remove: (key) => removeObject(client, bucket, keyOf(key)),
    async removeUnfinished(key) {
      await abortUploads(client, bucket, keyOf(key))
      await removeObject(client, bucket, keyOf(key))
    },
    async check() {
      await client.send(new HeadBucketCommand({ Bucket: bucket }))
    },
    close: () => client.destroy(),
    delivery: {
      kind: 'link',
      link: (key, { contentType, contentDisposition, seconds }) =>
        getSignedUrl(
          client,
          new GetObjectCommand({
            Bucket: bucket,
            Key: keyOf(key),
            ResponseContentType: contentType,
            ResponseContentDisposition: contentDisposition,
          }),
          { expiresIn: seconds },
        ),
    },
  }
}

async function removeObject(client: S3Client, bucket: string, key: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
}

/** Parts of an upload that was never completed cost storage and are in no listing of objects. */
async function abortUploads(client: S3Client, bucket: string, key: string): Promise<void> {
  const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key })
  // Servers that cannot list them forget them by themselves.
  const listed = await client.send(list).catch((error: Error) => {
    if (error.name === 'NotImplemented') return undefined
    throw error
  })
  for (const { Key, UploadId } of listed?.Uploads ?? []) {
    if (Key === key) await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
  }
}
