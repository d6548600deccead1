"""Plain Python that every layer may use: refusals, time, ids, money, transactions. No rows, no models."""
