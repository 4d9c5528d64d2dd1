export { consulRecipes } from './consul.ts';
export { etcdRecipes } from './etcd.ts';
export {
  asked,
  type Configured,
  type CoordinationRecipes,
  type Discovered,
  type HeldLock,
  type Recipe,
  type RecipeAsk,
  RecipeError,
  tried,
  watched,
} from './recipe.ts';
export { zooKeeperRecipes } from './zooKeeper.ts';
