/** What a bundle says of a VM's para-virtual devices beyond their types: `src/abi/setting.ts`. */
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import {
  SETTING_BALLOON,
  SETTING_BANDWIDTH,
  SETTING_BURST,
  SETTING_FIRST_SIGN,
  SETTING_GPIO_NAMES,
  SETTING_HEARTBEAT,
  SETTING_INTERRUPTS,
  SETTING_KEY_SHIFT,
  SETTING_OF_VM,
  SETTING_PORT,
  SETTING_RATE,
  SETTING_SLOT_SHIFT,
} from '../../src/abi/setting.ts'
import { balloonOf, consolePortsOf, linesOf } from '../config/device.ts'
import { limitValues } from '../config/limit.ts'
import type { Vm } from '../config/system.ts'

const PIECE = 6
const LIMIT = { rate: SETTING_RATE, bandwidth: SETTING_BANDWIDTH, burst: SETTING_BURST } as const

/** In the order of the slots; at most three for each, four more, and what a GPIO's names and a console's ports take. */
export function settingsOf({
  virtio,
  interrupts,
  memory,
  life,
}: Pick<Vm, 'virtio' | 'interrupts' | 'memory'> & { life: Pick<Vm['life'], 'heartbeat'> }): bigint[] {
  const ofSlots = virtio.flatMap(({ limit }, slot) => {
    const values = Object.entries(limit ? limitValues(limit) : {})
    return values.map(([key, value]) => setting(slot, LIMIT[key as keyof typeof LIMIT], value))
  })
  const balloon = balloonOf({ virtio, memory })
  const slot = virtio.findIndex((device) => device.virtio === 'balloon')
  const beat = life.heartbeat
  return [
    ...ofSlots,
    ...(balloon ? [setting(slot, SETTING_BALLOON, balloon / PAGE_SIZE)] : []),
    ...namePieces(linesOf({ virtio }).map(({ name }) => name)).map((piece) => {
      return setting(
        virtio.findIndex((device) => device.virtio === 'gpio'),
        SETTING_GPIO_NAMES,
        piece,
      )
    }),
    ...portPieces({ virtio }),
    ...(interrupts === undefined ? [] : [setting(SETTING_OF_VM, SETTING_INTERRUPTS, interrupts)]),
    ...(beat
      ? [setting(SETTING_OF_VM, SETTING_HEARTBEAT, beat.within), setting(SETTING_OF_VM, SETTING_FIRST_SIGN, beat.first)]
      : []),
  ]
}

/** Two for each further port of the console. */
function portPieces({ virtio }: Pick<Vm, 'virtio'>): bigint[] {
  const slot = virtio.findIndex((device) => device.virtio === 'console')
  return consolePortsOf({ virtio }).flatMap(({ name, console }) => {
    const record = Buffer.alloc(2 * PIECE)
    record.write(name, 'latin1')
    record[record.length - 1] = console ? 1 : 0
    return [0, PIECE].map((at) => setting(slot, SETTING_PORT, record.readUIntLE(at, PIECE)))
  })
}

/** Six bytes of NUL-terminated names each, the first lowest. */
function namePieces(names: readonly string[]): number[] {
  const bytes = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1')
  const count = Math.ceil(bytes.length / PIECE)
  const whole = Buffer.concat([bytes, Buffer.alloc(count * PIECE - bytes.length)])
  return Array.from({ length: count }, (_, i) => whole.readUIntLE(i * PIECE, PIECE))
}

function setting(slot: number, key: number, value: number): bigint {
  return (BigInt(slot) << BigInt(SETTING_SLOT_SHIFT)) | (BigInt(key) << BigInt(SETTING_KEY_SHIFT)) | BigInt(value)
}
