/**
 * The worker of the world: an app's worker that does nothing but what the engine needs.
 */
import { registerOutpost } from '../../sw/index.ts';

registerOutpost();
