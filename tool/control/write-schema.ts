/** `npm run schema`: writes doc/control.schema.json. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../config/project.ts'
import { jsonSchema } from './protocol.ts'

writeFileSync(join(ROOT, 'doc/control.schema.json'), jsonSchema())
