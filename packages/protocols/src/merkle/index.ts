export {
  changeMerkle,
  compareMerkle,
  emptyMerkle,
  MERKLE_NODE_LIMIT,
  merkleBucket,
  type MerkleHash,
  merkleRoot,
  type MerkleTree,
} from './merkleTree.ts';
