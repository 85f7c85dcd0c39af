/** `bulkhead flash --update`: a new system beside the one that a card holds. */
import type { Device } from '../card/device.ts'
import { planUpdate, writeUpdate } from '../card/update.ts'
import { SLOTS, type Slot, slotText } from '../image/slot.ts'
import { refusalText, UserError } from '../ui/failure.ts'
import { printJson, say, step } from '../ui/step.ts'
import { agreed, untilStopped } from './ask.ts'
import { makeSystem } from './card.ts'

interface Wish {
  config: string | undefined
  target: string
  /** Undefined for a file. */
  device: Device | undefined
  slot: string | undefined
  yes: boolean | undefined
  json: boolean | undefined
}

export async function flashUpdate({ config, target, device, slot, yes, json }: Wish): Promise<void> {
  const wanted = chosen(slot)
  // Said before minutes of work.
  const plan = await planUpdate(target, wanted).catch((error: unknown) => {
    throw unreadable(error, target, device !== undefined)
  })
  const { files, folder } = await makeSystem(config)
  const place = slotText(plan.slot)
  if (device && !yes && !(await agreed(device, `What ${place} holds will be lost.`))) {
    throw new UserError(`${target} was not written`)
  }
  await untilStopped((signal) =>
    step(`Writing ${place} of ${target}`, async (note) => {
      await writeUpdate({ target, isDevice: device !== undefined, signal, note }, plan, files, folder)
      note('read back')
    }),
  )
  const { fallback } = plan
  say(
    fallback
      ? `${target} boots ${place} from now on, and goes back to ${slotText(fallback)} if that fails`
      : `${target} boots ${place} from now on; the other slot holds nothing to fall back to`,
  )
  if (json) printJson({ target, slot: plan.slot, fallback: fallback ?? null })
}

function unreadable(error: unknown, target: string, isDevice: boolean): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (!isDevice && code === 'ENOENT') {
    return new UserError(`--out ${target}: there is no image to update; npx bulkhead image writes one`)
  }
  if (isDevice && (code === 'EACCES' || code === 'EPERM')) {
    const again = 'sudo env "PATH=$PATH" npx bulkhead flash CONFIG --update --device'
    return new UserError(`${target}: reading and writing a card takes root: ${again} ${target}`)
  }
  const text = refusalText(error, target)
  return text === undefined ? error : new UserError(text)
}

function chosen(slot: string | undefined): Slot | undefined {
  if (slot === undefined) return undefined
  const found = SLOTS.find((each) => each === slot.toLowerCase())
  if (!found) throw new UserError(`--slot ${slot}: there are slots a and b`)
  return found
}
