"""Double entry: accounts, transfers, balances. It knows assets and codes; never residents, shops or vouchers."""
