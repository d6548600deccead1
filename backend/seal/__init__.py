"""The seal: every transfer becomes a leaf of a public, append-only Merkle tree whose root is signed once a day."""
