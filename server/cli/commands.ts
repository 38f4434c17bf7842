/**
 * All commands, in the order of the help.
 */
import type { Command } from './command.ts';
import { backupCommand, restoreCommand } from './commands/backup.ts';
import { checkCommand } from './commands/check.ts';
import { exportCommand } from './commands/export.ts';
import { keyCreateCommand } from './commands/key.ts';
import { retentionCommand } from './commands/retention.ts';
import { migrateCommand, startCommand } from './commands/start.ts';
import { userAddCommand, userDeleteCommand } from './commands/user.ts';

export const COMMANDS: readonly Command[] = [
  startCommand,
  migrateCommand,
  checkCommand,
  backupCommand,
  restoreCommand,
  userAddCommand,
  userDeleteCommand,
  keyCreateCommand,
  exportCommand,
  retentionCommand,
];
