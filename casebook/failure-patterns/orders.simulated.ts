import { SHOP_LOAD, shopService } from './experiment.ts';

/** What `orders.yaml` is run against with `--network simulation`: the shop, whose bulkhead lets eight workers wait for payments. */
export default { service: shopService(8), load: SHOP_LOAD };
