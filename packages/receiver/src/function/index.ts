import { logToConsole } from '../console-log.ts';
import { createMainHandler, type MainHandler } from './main-handler.ts';

/**
 * The entry of the deployed function (`index.main_handler`). Bundled into one CommonJS file, it finds config.json in the working directory
 * (where function platforms put the code) or beside itself.
 */
export const main_handler: MainHandler = createMainHandler({
  // __dirname exists in the CommonJS bundle only; import.meta would be empty there.
  folders: () => [process.cwd(), ...(typeof __dirname === 'string' ? [__dirname] : [])],
  log: logToConsole,
});
