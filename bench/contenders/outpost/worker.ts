import { registerOutpost } from '../../../sw/index.ts';

registerOutpost();
