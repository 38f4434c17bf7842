import { registerOutpost } from 'outpost/sw';
import { precacheAndRoute } from 'workbox-precaching';

precacheAndRoute(self.__WB_MANIFEST);
registerOutpost();
