"""Finding passages: the embedding adapter, the vector index, the library in memory, the retriever."""
