/** What a bundle says of a VM's para-virtual devices beyond their types: `src/abi/setting.ts`. */
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import {
  SETTING_BALLOON,
  SETTING_BANDWIDTH,
  SETTING_BURST,
  SETTING_FIRST_SIGN,
  SETTING_HEARTBEAT,
  SETTING_INTERRUPTS,
  SETTING_KEY_SHIFT,
  SETTING_OF_VM,
  SETTING_RATE,
  SETTING_SLOT_SHIFT,
} from '../../src/abi/setting.ts'
import { balloonOf } from '../config/device.ts'
import { limitValues } from '../config/limit.ts'
import type { Vm } from '../config/system.ts'

const LIMIT = { rate: SETTING_RATE, bandwidth: SETTING_BANDWIDTH, burst: SETTING_BURST } as const

/** In the order of the slots; at most three for each, and four more. */
export function settingsOf({
  virtio,
  interrupts,
  memory,
  life,
}: Pick<Vm, 'virtio' | 'interrupts' | 'memory' | 'life'>): bigint[] {
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
    ...(interrupts === undefined ? [] : [setting(SETTING_OF_VM, SETTING_INTERRUPTS, interrupts)]),
    ...(beat
      ? [setting(SETTING_OF_VM, SETTING_HEARTBEAT, beat.within), setting(SETTING_OF_VM, SETTING_FIRST_SIGN, beat.first)]
      : []),
  ]
}

function setting(slot: number, key: number, value: number): bigint {
  return (BigInt(slot) << BigInt(SETTING_SLOT_SHIFT)) | (BigInt(key) << BigInt(SETTING_KEY_SHIFT)) | BigInt(value)
}
