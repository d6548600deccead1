"""A month of random life in one town, played beside a model of it in plain Python."""
