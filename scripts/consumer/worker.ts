/** A worker of somebody else's project. */
import { registerOutpost } from 'outpost/sw';

registerOutpost();
