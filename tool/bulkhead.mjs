#!/usr/bin/env node
/** Gets the tool onto its feet: checks Node, installs the npm packages of a fresh clone, then hands over to cli.ts. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Node 12 must still be able to read this file, or its user sees a syntax error: no await at the top, no `?.`, no `||=`.
const NODE_FLOOR = 20

function fail(message) {
  console.error(`bulkhead: ${message}`)
  process.exit(1)
}

function checkNode() {
  const version = process.versions.node
  if (Number(version.split('.')[0]) >= NODE_FLOOR) return
  fail(`Node ${version} is too old: install Node ${NODE_FLOOR} or newer and run this again`)
}

function installPackages() {
  const root = fileURLToPath(new URL('..', import.meta.url))
  // npm writes the hidden lock file last, so an install that was cut short does not count.
  if (!existsSync(`${root}package-lock.json`) || existsSync(`${root}node_modules/.package-lock.json`)) return
  console.error('bulkhead: node_modules is missing: running npm ci (once, about half a minute)')
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (npm.error) fail(`npm could not be started (${npm.error.message}): install npm, then run npm ci in ${root}`)
  if (npm.status !== 0) fail(`npm ci failed (see above): mend what it names, then run npm ci in ${root}`)
}

function chooseColours() {
  if (!process.stdout.isTTY && !process.env.FORCE_COLOR) process.env.NO_COLOR = '1'
  // citty knows only this spelling of https://no-color.org
  if (process.env.NO_COLOR) process.env.NO_COLOR = '1'
}

async function start() {
  const { register } = await import('tsx/esm/api')
  register()
  const { main } = await import('./cli.ts')
  process.exitCode = await main(process.argv.slice(2))
}

checkNode()
installPackages()
chooseColours()
start()
