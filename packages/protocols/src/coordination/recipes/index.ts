export { consulRecipes } from './consul.ts';
export { etcdRecipes } from './etcd.ts';
export {
  type Configured,
  type CoordinationRecipes,
  type Discovered,
  type HeldLock,
  type Recipe,
  type RecipeAsk,
  RecipeError,
} from './recipe.ts';
export { zooKeeperRecipes } from './zooKeeper.ts';
