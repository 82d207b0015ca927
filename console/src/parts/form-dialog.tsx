import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { modals } from '@mantine/modals'
import { type ReactNode, useState } from 'react'
import { change } from '../api/queries.ts'
import { changedValues, FieldInput, type FieldSpec, toFormValues, type Values, validate } from './fields.tsx'

type Dialog = {
  title: string
  fields: readonly FieldSpec[]
  /** What the fields hold at first. */
  values?: Values
  submit: string
  /** Told when it worked. */
  done: string
  /** Gets the values that were changed, by the API's names. */
  save(changed: Values): Promise<unknown>
}

/** A dialog that creates or edits one thing; it stays open when the server refuses. */
export function openForm(dialog: Dialog): void {
  const id = `form-${dialog.title}`
  modals.open({
    modalId: id,
    title: dialog.title,
    size: 'lg',
    children: <DialogForm {...dialog} close={() => modals.close(id)} />,
  })
}

function DialogForm({
  fields,
  values = {},
  submit,
  done,
  save,
  close,
}: Dialog & { close(): void }): ReactNode {
  const before = toFormValues(fields, values)
  const [busy, setBusy] = useState(false)
  const form = useForm<Values>({ initialValues: before, validate: (now) => validate(fields, now) })
  const onSubmit = form.onSubmit(async (after) => {
    setBusy(true)
    const worked = await change(done, () => save(changedValues(fields, before, after)))
    setBusy(false)
    if (worked) close()
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        {fields.map((spec) => (
          <FieldInput key={spec.name} form={form} spec={spec} />
        ))}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
