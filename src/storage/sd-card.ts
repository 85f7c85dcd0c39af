/** An SD card from power-up to the state in which it transfers data. Physical Layer Simplified Specification, "Card Initialization and
 * Identification", "Bus Speed Mode", "CSD Register". */
import * as sd from '../arch/sd'
import * as host from '../arch/sdhci'
import { after, isOver } from '../drive/clock'
import { deviceRead, deviceWrite } from '../drive/core'
import {
  awaitStatus,
  begin as beginHost,
  canHighSpeed,
  command,
  recover,
  response,
  send,
  setClock,
  widen,
} from './sd-host'

/** Milliseconds: a card may take so long to power up. */
const POWER_UP: u32 = 1000
const DEFAULT_SPEED: u32 = 25_000_000
const HIGH_SPEED: u32 = 50_000_000

const R1: u32 = host.SHORT | host.CHECK_CRC | host.CHECK_INDEX
const R1_BUSY: u32 = host.SHORT_BUSY | host.CHECK_CRC | host.CHECK_INDEX
const R2: u32 = host.LONG | host.CHECK_CRC
const R3: u32 = host.SHORT
const MEGABYTES: u64 = 1024

let address: u32 = 0
/** Sectors of 512 bytes; and whether the card counts in them, or in bytes. */
let sectors: u64 = 0
let isHighCapacity: bool = false

export function capacity(): u64 {
  return sectors
}

/** Of sector `sector`, as the card counts. */
export function place(sector: u64): u32 {
  return isHighCapacity ? <u32>sector : <u32>(sector << 9)
}

/** `clock`: of the host, and `speed`: the most for a card, Hz; 0: as they say themselves. False: there is no card, or none that we
 * know. */
export function begin(clock: u32, speed: u32): bool {
  sectors = 0
  if (!beginHost(clock)) return false
  command(sd.GO_IDLE_STATE, 0, host.NO_RESPONSE)
  const isNew = command(sd.SEND_IF_COND, sd.IF_COND, R1) && (response() & 0xfff) == sd.IF_COND
  if (!powerUp(isNew ? sd.OCR_HIGH_CAPACITY : 0)) return false
  if (!command(sd.ALL_SEND_CID, 0, R2) || !command(sd.SEND_RELATIVE_ADDR, 0, R1)) return false
  address = response() & 0xffff_0000
  if (!command(sd.SEND_CSD, address, R2)) return false
  readCsd()
  if (!sectors || !command(sd.SELECT_CARD, address, R1_BUSY) || !command(sd.SET_BLOCKLEN, 512, R1)) return false
  if (!app(sd.SET_BUS_WIDTH, sd.FOUR_BITS)) return false
  widen(host.FOUR_BITS)
  if (!setClock(speed ? min(speed, DEFAULT_SPEED) : DEFAULT_SPEED)) return false
  if (speed && speed < HIGH_SPEED) return true
  return !canHighSpeed() || !switchFast() || setClock(HIGH_SPEED)
}

function powerUp(capacities: u32): bool {
  const end = after(POWER_UP)
  while (!isOver(end)) {
    if (!command(sd.APP_CMD, 0, R1) || !command(sd.SD_SEND_OP_COND, sd.OCR_3V3 | capacities, R3)) return false
    const ocr = response()
    if (!(ocr & sd.OCR_READY)) continue
    isHighCapacity = (ocr & sd.OCR_HIGH_CAPACITY) != 0
    return true
  }
  return false
}

function app(index: u32, argument: u32): bool {
  return command(sd.APP_CMD, address, R1) && command(index, argument, R1)
}

/** The register's bit n is bit n - 8 of the answer: its CRC is the host's. */
function readCsd(): void {
  const version = (response(3) >> 22) & 3
  if (version == 1) {
    const size = <u64>((response(1) >> 8) & 0x3f_ffff)
    sectors = (size + 1) * MEGABYTES
    return
  }
  const length = (response(2) >> 8) & 15
  const size = ((response(2) & 3) << 10) | (response(1) >> 22)
  const multiplier = (response(1) >> 7) & 7
  if (version == 0 && length >= 9) sectors = (<u64>(size + 1)) << (<u64>(multiplier + 2 + length - 9))
}

/** To high speed, if the card has that. */
function switchFast(): bool {
  deviceWrite(host.BLOCK, sd.SWITCH_STATUS | (1 << 16))
  if (!send(sd.SWITCH_FUNC, sd.SWITCH_HIGH_SPEED, R1 | host.HAS_DATA | host.READ) || !awaitStatus(host.READ_READY)) {
    recover()
    return false
  }
  let group: u32 = 0
  deviceWrite(host.STATUS, host.READ_READY)
  for (let i: u32 = 0; i < sd.SWITCH_STATUS; i += 4) {
    const word = deviceRead(host.BUFFER)
    if (i == sd.SWITCH_GROUP1) group = word & 15
  }
  if (!awaitStatus(host.TRANSFER_COMPLETE)) {
    recover()
    return false
  }
  if (group != 1) return false
  widen(host.HIGH_SPEED)
  return true
}

/** It waits for the next request. After an error: a transfer that was cut off is stopped. */
export function settle(): bool {
  command(sd.STOP_TRANSMISSION, 0, R1_BUSY)
  const end = after(POWER_UP)
  while (!isOver(end)) {
    if (!command(sd.SEND_STATUS, address, R1)) return false
    const status = response()
    if ((status >> sd.STATE_SHIFT) % 16 == sd.STATE_TRANSFER && status & sd.READY_FOR_DATA) return true
  }
  return false
}
