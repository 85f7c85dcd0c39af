/** `bulkhead flash`: puts a system on an SD card and reads it back. It writes removable disks that nobody uses, and asks first. */
import { realpath, rm, stat } from 'node:fs/promises'
import { type ArgsDef, defineCommand } from 'citty'
import { cardLine, cards, choose, devices } from '../card/device.ts'
import { SECTOR, writeCard } from '../card/write.ts'
import { UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { checkOptions } from '../ui/option.ts'
import { printJson, say, silence, step } from '../ui/step.ts'
import { CONFIG } from './argument.ts'
import { agreed, untilStopped } from './ask.ts'
import { makeCard } from './card.ts'
import { flashUpdate } from './flash-update.ts'

const args = {
  config: CONFIG,
  device: { type: 'string', valueHint: 'PATH', description: 'The card, such as /dev/sdb; without it cards are listed' },
  out: { type: 'string', valueHint: 'FILE', description: 'Write a file instead of a card' },
  image: { type: 'string', valueHint: 'FILE', description: 'Take this image instead of making one of the config' },
  update: { type: 'boolean', description: 'Keep the card, and its system to fall back to: write the other slot alone' },
  slot: { type: 'string', valueHint: 'a|b', description: 'The slot that an update replaces; by default the older one' },
  yes: { type: 'boolean', description: 'Do not ask; needed where nobody sits at a terminal' },
  json: { type: 'boolean', description: 'Print the cards, or what was written, as JSON' },
} satisfies ArgsDef

interface Image {
  file: string
  size: number
}

export default defineCommand({
  meta: { name: 'flash', description: 'Write a system to an SD card, and read it back' },
  args,
  async run({ args: { config, device, out, image, update, slot, yes, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    if (device !== undefined && out !== undefined) throw new UserError('--device and --out: a card or a file, not both')
    if (config !== undefined && image !== undefined) throw new UserError(`${config} and --image: one of them`)
    if (slot !== undefined && !update) throw new UserError('--slot is for --update')
    if (update && image !== undefined) throw new UserError('--update and --image: an update is made of a config')
    if (device === undefined && out === undefined) return list(json)
    // Said before minutes of work, and again when the image's size is known.
    const wanted = device === undefined ? undefined : choose(devices(), await resolved(device), SECTOR)
    if (wanted && !yes && process.stdin.isTTY !== true) throw new UserError('nobody is there to ask; add --yes')
    if (out !== undefined) await checkOut(out)
    if (update) return flashUpdate({ config, target: wanted?.path ?? out!, device: wanted, slot, yes, json })
    const source = image === undefined ? await makeCard(config) : await existing(image)
    const card = wanted && choose(devices(), wanted.path, source.size)
    const loss = `All of it will be lost; ${sizeText(source.size)} will be written.`
    if (card && !yes && !(await agreed(card, loss))) throw new UserError(`${card.path} was not written`)
    const target = card?.path ?? out!
    await flash(source, target, card !== undefined)
    if (json) printJson({ target, size: source.size, image: source.file })
  },
})

function list(json: boolean | undefined): void {
  const found = cards(devices())
  if (json) {
    printJson(found)
    return
  }
  if (found.length === 0) throw new UserError('no removable disk is there; insert a card, or take --out FILE')
  for (const device of found) console.log(cardLine(device))
  say('Name one of them: --device PATH')
}

/** What a link such as /dev/disk/by-id/… stands for. */
function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

async function checkOut(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined)
  if (found?.isDirectory()) throw new UserError(`--out ${out} is a folder; name a file in it`)
  if (found && !found.isFile()) throw new UserError(`--out ${out} is no file; a card is written with --device`)
}

async function existing(file: string): Promise<Image> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) throw new UserError(`--image: there is no file ${file}; npx bulkhead image writes one`)
  if (found.size === 0 || found.size % SECTOR !== 0) {
    throw new UserError(`--image: ${file} is no disk image: ${found.size} bytes are not whole sectors of ${SECTOR}`)
  }
  return { file, size: found.size }
}

async function flash({ file, size }: Image, target: string, isDevice: boolean): Promise<void> {
  try {
    await untilStopped((signal) =>
      step(`Writing ${target}`, async (note) => {
        await writeCard({ image: file, size, target, isDevice, signal, note })
        note(`${sizeText(size)}, read back`)
      }),
    )
  } catch (error) {
    if (!isDevice) await rm(target, { force: true })
    throw error
  }
  if (isDevice) say(`${target} can be taken out`)
}
