import { NODE_PLATFORM } from '../../shared/node/node-platform.ts';
import { useRandomMaskKeys } from '../../shared/websocket-client/abnf.ts';

/** Importing this file gives frames their mask keys, for the whole thread. */
useRandomMaskKeys((length) => {
  const key = new Uint8Array(length);
  NODE_PLATFORM.randomFill(key);
  return key;
});
