/** The verdict: one block of text, and what each line of it asks. */
import { print, printDecimal } from '../../../src/guest/console'
import { frequency } from '../../../src/guest/timer'
import { Findings } from './memory'

const LATER_LIVES: u64 = 2
/** Ticks between two counters that are read one after the other, on a slow counter 1. */
const DRIFT_MOST_NS: u64 = 10_000

let failures: u32 = 0

export function report(found: Findings): void {
  print('-----BEGIN BULKHEAD SELFTEST-----\n')
  print('counter           ')
  printDecimal(frequency())
  print(' Hz\n')
  if (!found.hasDisk) verdict('disk              ', false)
  else tell(found)
  print(failures === 0 ? 'verdict           PASS\n' : 'verdict           FAIL\n')
  print('-----END BULKHEAD SELFTEST-----\n')
}

function tell(found: Findings): void {
  verdict('timer drift       ', nanoseconds(found.drift) <= DRIFT_MOST_NS)
  figure(nanoseconds(found.drift), ' ns\n')
  verdict('timer interrupt   ', found.beatsMet === found.beats && found.beats !== 0)
  latencies(found.beatsMet, found.beats, found.beatSum, found.beatWorst)
  verdict('SGI to itself     ', found.sgisArrived === found.sgis && found.sgis !== 0)
  latencies(found.sgisArrived, found.sgis, found.sgiSum, found.sgiWorst)
  verdict('restart           ', found.scrubbed === LATER_LIVES && found.clockRestarts === LATER_LIVES)
  figure(found.lives, ' lives, RAM scrubbed ')
  figure(found.scrubbed, ' times, clock from 0 ')
  figure(found.clockRestarts, ' times\n')
  verdict('disk in RAM       ', found.diskKept === LATER_LIVES)
  figure(found.diskKept, ' times as it was\n')
  verdict('disk of the board ', found.storedBytes !== 0 && isWhole(found))
  if (found.storedBytes === 0) print('there is none\n')
  else tellStored(found)
}

function isWhole(found: Findings): bool {
  return found.storedWrong === 0 && found.storedErrors === 0 && found.storedKept === LATER_LIVES
}

function tellStored(found: Findings): void {
  figure(found.storedBytes, ' bytes, ')
  figure(found.storedWrong, ' wrong, ')
  figure(found.storedErrors, ' errors, ')
  figure(found.storedKept, ' times as it was, written ')
  figure(rate(found.storedBytes, found.storedWriting), ' kB/s, read ')
  figure(rate(found.storedBytes, found.storedReading), ' kB/s\n')
}

/** 1,000 bytes a second. */
function rate(bytes: u64, ticks: u64): u64 {
  return ticks === 0 ? 0 : (bytes * frequency()) / ticks / 1000
}

function verdict(what: string, isRight: bool): void {
  print(what)
  print(isRight ? 'PASS ' : 'FAIL ')
  if (!isRight) failures++
}

function latencies(met: u64, all: u64, sum: u64, worst: u64): void {
  figure(met, ' of ')
  figure(all, ', after ')
  figure(all === 0 ? 0 : nanoseconds(sum / all), ' ns, at worst ')
  figure(nanoseconds(worst), ' ns\n')
}

function figure(value: u64, unit: string): void {
  printDecimal(value)
  print(unit)
}

function nanoseconds(ticks: u64): u64 {
  return (ticks * 1_000_000_000) / frequency()
}
