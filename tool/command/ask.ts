/** Before and while a card is written: the question, and Ctrl-C. */
import { createInterface } from 'node:readline/promises'
import { cardLine, type Device } from '../card/device.ts'

/** A name that must be typed cannot be a slip of the finger. */
export async function agreed(device: Device, loss: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new AbortController()
  asking.once('close', () => closed.abort())
  asking.once('SIGINT', () => asking.close())
  const word = device.path.replace(/^\/dev\//, '')
  const question = `${cardLine(device)}\n${loss} Type ${word} to go on: `
  try {
    return (await asking.question(question, closed)).trim() === word
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
    return false
  } finally {
    asking.close()
  }
}

/** Runs `work` with a signal that Ctrl-C and its like abort. */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, abort)
  try {
    return await work(stop.signal)
  } finally {
    for (const signal of signals) process.off(signal, abort)
  }
}
